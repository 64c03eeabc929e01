using System.Globalization;

namespace FanIn.Cli.Critical;

/// <summary>Whose critical point is wanted, and where.</summary>
/// <param name="Activation">Of one input.</param>
/// <param name="BiasVariance">Finite, at least 0.</param>
/// <param name="Json">A file, - for standard output, or null.</param>
internal sealed record CriticalRequest(Activation Activation, double BiasVariance, string? Json)
{
    /// <exception cref="SpellingException">An unknown activation.</exception>
    /// <exception cref="UsageException">A gated activation, or a variance that isn't one.</exception>
    public static CriticalRequest Read(string activation, string? biasVariance, string? json)
    {
        var parsed = Activation.Parse(activation);
        if (parsed.IsGated)
        {
            throw new UsageException(
                $"'{parsed}' is gated: it pairs two inputs of a unit, and critical points are of activations of one input"
            );
        }
        double variance = 0.0;
        bool isVariance =
            biasVariance is null
            || (
                double.TryParse(biasVariance, NumberStyles.Float, CultureInfo.InvariantCulture, out variance)
                && variance >= 0.0
                && double.IsFinite(variance)
            );
        return isVariance
            ? new(parsed, variance, json)
            : throw new UsageException($"--bias-variance must be a finite number not below 0, not '{biasVariance}'");
    }
}
