using System.Text.RegularExpressions;

namespace FanIn.Cli;

/// <summary>Names of tensors that every layer has.</summary>
internal static partial class LayerNames
{
    /// <summary>The name with a star for each number: <c>layers.*.norm.weight</c> of <c>layers.3.norm.weight</c>.</summary>
    public static string PatternOf(string name) => Numbers().Replace(name, "*");

    /// <summary>A number that is a whole part of a path.</summary>
    [GeneratedRegex(@"(?<=\.|^)[0-9]+(?=\.|$)", RegexOptions.None, 1000)]
    private static partial Regex Numbers();
}
