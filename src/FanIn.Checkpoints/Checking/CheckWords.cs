using System.Globalization;

namespace FanIn.Checkpoints;

/// <summary>How findings write numbers, shapes and rules.</summary>
internal static class CheckWords
{
    public static SignalFinding Mended(
        FindingKind kind,
        FindingSeverity severity,
        TensorCheck tensor,
        string message
    ) =>
        tensor.Initializer is { } rule
            ? new(kind, severity, tensor.Name, message)
            {
                Fix = $"{rule} for {tensor.Name}",
                FixInitializer = rule,
                FixPattern = tensor.Parameter,
                FixRules = [Rule.For(tensor.Parameter!, rule) with { MayMatchNothing = true, MayBeOverruled = true }],
            }
            : new(kind, severity, tensor.Name, message);

    public static string Law(TensorCheck tensor) =>
        tensor.Initializer?.ToString()
        ?? $"mean {Number(tensor.ExpectedMean ?? 0)} and deviation {Number(tensor.ExpectedStandardDeviation ?? 0)}";

    public static string Shape(SafetensorsTensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";

    public static string Number(double value)
    {
        string text = value.ToString("G4", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0
            ? text
            : $"{text[..exponent]}e{int.Parse(text.AsSpan(exponent + 1), CultureInfo.InvariantCulture)}";
    }
}
