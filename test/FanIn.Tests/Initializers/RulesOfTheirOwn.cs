namespace FanIn.Tests;

/// <summary>
/// Rules that need an argument, or a key that two tensors share: tests over the whole catalogue leave them to their own.
/// </summary>
internal static class RulesOfTheirOwn
{
    public static readonly string[] Names =
    [
        "hyperfan_in",
        "hyperfan_out",
        "mimetic_query",
        "mimetic_key",
        "mimetic_value",
        "mimetic_output",
    ];
}
