using System.Globalization;
using FanIn.Tests.Shared;

namespace FanIn.Tests;

/// <summary>The tables that <c>eng/gaussian</c> writes, of 25 and 34 digits.</summary>
internal static class ReferenceTable
{
    /// <summary>The rows of a table without its heading.</summary>
    public static IEnumerable<string[]> Rows(string file) =>
        File.ReadLines(Path.Combine(Readme.RepositoryRoot(), "test", "FanIn.Tests", "Activations", file))
            .Skip(1)
            .Select(line => line.Split('\t'));

    public static double Number(string text) =>
        text switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => double.Parse(text, CultureInfo.InvariantCulture),
        };
}
