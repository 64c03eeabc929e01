using System.Globalization;

namespace FanIn.Cli.Tests;

/// <summary>Runs the tool in this process, in a folder of its own that is gone afterwards.</summary>
public sealed class Fanin : IDisposable
{
    /// <summary>A study that takes a fraction of a second.</summary>
    public static readonly string[] Tiny =
    [
        "compare",
        "--task",
        "digits",
        "--network",
        "mlp:2x8:relu",
        "--steps",
        "5",
        "--seeds",
        "2",
    ];

    public string Folder { get; } = Directory.CreateTempSubdirectory("fanin-cli-").FullName;

    public string Out => Path.Combine(Folder, "out");

    public string Write(string name, string content)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public string Write(string name, byte[] content)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>As in a pipe.</summary>
    internal static Task<Answer> RunAsync(params string[] args) =>
        RunAsync(args, terminalWidth: null, TestContext.Current.CancellationToken);

    internal static async Task<Answer> RunAsync(string[] args, int? terminalWidth, CancellationToken interruption)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        bool watched = terminalWidth is not null;
        int code = await Tool.RunAsync(
            args,
            new Terminal(output, error, watched, ErrorIsWatched: false) { Width = terminalWidth },
            interruption
        );
        return new(code, output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>What the tool answered.</summary>
internal sealed record Answer(int Code, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One sentence on standard error, nothing on standard output, no stack trace.</summary>
    public void IsRefusal(params string[] says)
    {
        Assert.Equal(ExitCode.Usage, Code);
        Assert.Equal("", Output);
        Assert.StartsWith("fanin: ", Assert.Single(ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", Error, StringComparison.Ordinal);
        foreach (string part in says)
        {
            Assert.Contains(part, Error, StringComparison.Ordinal);
        }
    }
}
