using System.Collections.Immutable;

namespace FanIn.Lab;

/// <summary>
/// A published claim about initialization with the settings that show it on a small machine. The studies of a preset
/// differ in their network only.
/// </summary>
/// <param name="Name">Its spelling.</param>
/// <param name="Claim">What it shows, in a sentence.</param>
/// <param name="Source">Who said so first; empty for a demonstration.</param>
/// <param name="Data">The data set.</param>
/// <param name="Networks">The networks, the telling one first.</param>
/// <param name="Initializers">The initializers, in the order of the table.</param>
/// <param name="Settings">How trials are trained.</param>
public sealed record Preset(
    string Name,
    string Claim,
    string Source,
    string Data,
    ImmutableArray<Network> Networks,
    ImmutableArray<Initializer> Initializers,
    StudySettings Settings
)
{
    /// <summary>Trials of each initializer.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>The side that images are pooled to, or null for as they are.</summary>
    public int? ImageSide { get; init; }

    /// <summary>The data set that takes the embedded one's place when a folder of data is given; null where none does.</summary>
    public string? FullData { get; init; }

    /// <summary>All presets.</summary>
    public static IReadOnlyList<Preset> All => Presets.All;

    /// <summary>The preset of a name.</summary>
    /// <exception cref="SpellingException">Unknown; says the nearest valid spelling.</exception>
    public static Preset Find(string name) =>
        Presets.All.FirstOrDefault(p => p.Name == name)
        ?? throw new SpellingException(Spelling.Unknown("preset", name, [.. Presets.All.Select(p => p.Name)]));
}
