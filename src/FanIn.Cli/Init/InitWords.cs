using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Init;

/// <summary>What every kind of <c>init</c> says of its work, to people and to programs.</summary>
internal static class InitWords
{
    private const long MuchMemory = 100_000_000;
    private const int MostNamed = 5;

    /// <summary>The first few of many things, and how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> things) =>
        string.Join(", ", things.Take(MostNamed))
        + (things.Count > MostNamed ? $" and {things.Count - MostNamed} more" : "");

    /// <summary>Warns where tensors are worked out whole and are large.</summary>
    public static void WarnOfMemory(Terminal person, long bytes)
    {
        if (bytes > MuchMemory)
        {
            person.Error.WriteLine(
                $"fanin: about {ByteText.Of(bytes)} of memory are needed for tensors whose values depend on one another"
            );
        }
    }

    public static string Written(WriteResult result, double seconds)
    {
        string written =
            result.Written == 0
                ? "nothing left to write"
                : $"{ByteText.Of(result.Written)} written in {ByteText.Seconds(seconds)} ({ByteText.Rate(result.Written, seconds)})";
        return result.Kept == 0 ? written : $"{written}, {ByteText.Of(result.Kept)} kept from before";
    }

    public static void Write(Utf8JsonWriter json, WriteResult result)
    {
        json.WriteNumber("written", result.Written);
        json.WriteNumber("kept", result.Kept);
    }
}
