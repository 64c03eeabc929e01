using System.Collections.Immutable;

namespace FanIn.Cli.Gain;

/// <summary>Which activations' gains are wanted, and where.</summary>
/// <param name="Activations">At least one.</param>
/// <param name="Json">A file, - for standard output, or null.</param>
internal sealed record GainRequest(ImmutableArray<Activation> Activations, string? Json)
{
    /// <summary>Slopes and scales that papers and models use, beside the defaults.</summary>
    private static readonly string[] s_further =
    [
        "leaky_relu(0.1)",
        "leaky_relu(0.2)",
        "leaky_relu(0.25)",
        "leaky_relu(0.3)",
        "leaky_relu(0.5)",
        "elu(0.5)",
        "celu(2)",
        "celu(0.5)",
    ];

    /// <summary>Every activation, each followed by its further parameters.</summary>
    public static ImmutableArray<Activation> Catalogue { get; } =
    [
        .. Activation
            .Names.SelectMany(name =>
                s_further.Where(text => text.StartsWith($"{name}(", StringComparison.Ordinal)).Prepend(name)
            )
            .Select(Activation.Parse),
    ];

    /// <exception cref="SpellingException">An unknown activation.</exception>
    public static GainRequest Read(string? activation, string? json) =>
        new(activation is null ? Catalogue : [Activation.Parse(activation)], json);
}
