using System.Collections.Immutable;

namespace FanIn.Cli.Help;

/// <summary>The initializers on a help page, in groups: the catalogue's order, cut where something else begins.</summary>
internal static class InitializerList
{
    /// <summary>The name that each group begins with, so that a new initializer is in the group it is put into there.</summary>
    private static readonly ImmutableArray<(string First, string Group)> s_groups =
    [
        ("zeros", "constants"),
        ("uniform", "explicit scale"),
        ("variance_scaling", "scaled by fan"),
        ("orthogonal", "orthogonal"),
        ("gpt2_residual", "deep networks"),
        ("class_prior", "biases"),
        ("identity", "patterns"),
        ("hyperfan_in", "hypernetworks"),
        ("mimetic_query", "attention"),
        ("lsuv", "fitted to data"),
    ];

    /// <summary>Those that <paramref name="isShown"/>, a group a line, and how arguments are written.</summary>
    public static HelpSection Section(Func<string, bool> isShown)
    {
        var entries = new List<(string, string)>();
        foreach (string name in Initializer.Names.Where(isShown))
        {
            string? begins = s_groups.FirstOrDefault(group => group.First == name).Group;
            if (begins is not null || entries.Count == 0)
            {
                entries.Add((begins ?? "", name));
            }
            else
            {
                entries[^1] = (entries[^1].Item1, $"{entries[^1].Item2}, {name}");
            }
        }
        entries.Add(
            ("", "Arguments stand in parentheses, in order or by name: he_normal(fan_out), orthogonal(gain=sqrt(2)).")
        );
        return new("Initializers", [.. entries]);
    }
}
