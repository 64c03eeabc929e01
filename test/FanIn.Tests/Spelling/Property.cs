using CsCheck;

namespace FanIn.Tests;

internal static class Property
{
    /// <summary>Where the search for counterexamples begins.</summary>
    public const string Seed = "0N0XIzNsQ0O2";

    public static Gen<T> AnyOf<T>(params IReadOnlyList<T> values) =>
        Gen.Int[0, values.Count - 1].Select(i => values[i]);
}
