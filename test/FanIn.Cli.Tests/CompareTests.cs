using System.Text.Json;
using System.Text.RegularExpressions;

namespace FanIn.Cli.Tests;

public sealed partial class CompareTests : IDisposable
{
    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Fact]
    public async Task PrintsTableAndVerdict()
    {
        Answer answer = await Fanin.RunAsync([.. Fanin.Tiny, "--out", _fanin.Out]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Golden.Check("compare.txt", WithoutNumbers(answer.Output.Replace(_fanin.Folder, "", StringComparison.Ordinal)));
        Assert.Equal(12, answer.ErrorLines.Length);
        Assert.All(answer.ErrorLines, line => Assert.Matches(@"^\[ ?\d+/12\] \S+, seed [12]: [a-z]+", line));
        Assert.True(File.Exists(Path.Combine(_fanin.Out, "report.html")));
    }

    [Fact]
    public async Task FitsATerminal()
    {
        Answer answer = await Fanin.RunAsync(
            [.. Fanin.Tiny, "--out", _fanin.Out],
            80,
            TestContext.Current.CancellationToken
        );

        Assert.All(
            answer.Output.Replace(_fanin.Folder, "", StringComparison.Ordinal).Split('\n'),
            line => Assert.InRange(ControlSequence.Replace(line, "").Length, 0, 80)
        );
    }

    [Fact]
    public async Task TrainsAModuleOfAnAssembly()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "FanIn.UserModules.dll");
        string[] command =
        [
            "compare",
            "--task",
            "digits",
            "--assembly",
            assembly,
            "--module",
            "Plain.Digits",
            "--init",
            "he_normal",
            "zeros",
            "--steps",
            "5",
            "--seeds",
            "1",
            "--out",
            _fanin.Out,
        ];

        Answer answer = await Fanin.RunAsync([.. command, "--json", "-"]);
        Answer again = await Fanin.RunAsync(command);

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Code == ExitCode.Done ? "" : answer.Error));
        using var document = JsonDocument.Parse(answer.Output);
        Assert.Matches(
            @"^FanIn\.UserModules\.dll:FanIn\.UserModules\.Plain\.Digits \([0-9a-f]{16}\)$",
            document.RootElement.GetProperty("study").GetProperty("network").GetString()
        );
        Assert.Equal(2, document.RootElement.GetProperty("trials").GetArrayLength());
        Assert.Contains("2 of 2 trainings were kept from before", again.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("names")]
    public async Task TransformersReadTextsAndImages(string task)
    {
        Answer answer = await Fanin.RunAsync(
            "compare",
            "--task",
            task,
            "--network",
            "transformer:1x8:gelu:scaled",
            "--init",
            "xavier_normal",
            "--steps",
            "3",
            "--seeds",
            "1",
            "--out",
            _fanin.Out
        );

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Code == ExitCode.Done ? "" : answer.Error));
    }

    [Fact]
    public async Task JsonOnStandardOutputIsAlone()
    {
        Answer answer = await Fanin.RunAsync([.. Fanin.Tiny, "--out", _fanin.Out, "--json", "-"]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("Report: ", answer.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(answer.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(["study", "trials", "summary", "comparisons"], root.EnumerateObject().Select(p => p.Name).Take(4));
        Assert.Equal(12, root.GetProperty("trials").GetArrayLength());
        JsonElement trial = root.GetProperty("trials")[0];
        Assert.All(
            (string[])
                [
                    "init",
                    "seed",
                    "learningRate",
                    "initialLoss",
                    "finalLoss",
                    "stepsToTarget",
                    "testAccuracy",
                    "diverged",
                    "distinctUnits",
                    "curve",
                    "activationRms",
                    "gradientRms",
                ],
            name => Assert.True(trial.TryGetProperty(name, out _), name)
        );
        Assert.Equal([1, 1], trial.GetProperty("distinctUnits").EnumerateArray().Select(u => u.GetInt32()));
        JsonElement summary = root.GetProperty("summary")[0];
        Assert.Equal("symmetric", summary.GetProperty("outcome").GetString());
        Assert.Equal(JsonValueKind.Number, summary.GetProperty("finalLoss").GetProperty("mean").ValueKind);
    }

    [Fact]
    public async Task TwoRunsAreEqualButForTimes()
    {
        string first = Path.Combine(_fanin.Folder, "first.json");
        string second = Path.Combine(_fanin.Out, "second.json");

        await Fanin.RunAsync([.. Fanin.Tiny, "--out", Path.Combine(_fanin.Folder, "other"), "--json", first]);
        Answer answer = await Fanin.RunAsync([.. Fanin.Tiny, "--out", _fanin.Out, "--json", second]);

        Assert.Equal(ExitCode.Done, answer.Code);
        string text = await File.ReadAllTextAsync(first, TestContext.Current.CancellationToken);
        Assert.Contains("\"seconds\"", text, StringComparison.Ordinal);
        Assert.Equal(
            Seconds.Replace(text, ""),
            Seconds.Replace(await File.ReadAllTextAsync(second, TestContext.Current.CancellationToken), "")
        );
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_fanin.Folder, "*", SearchOption.AllDirectories),
            path => Path.GetFileName(path).Contains(".json.", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task KeepsWhatIsStoredUntilToldToForgetIt()
    {
        string[] args = [.. Fanin.Tiny, "--init", "zeros", "he_normal", "--out", _fanin.Out];

        await Fanin.RunAsync(args);
        Answer again = await Fanin.RunAsync([.. args, "--seeds=3"]);
        again.IsRefusal("--seeds", "2 times");
        again = await Fanin.RunAsync(args);
        Answer more = await Fanin.RunAsync([.. args, "lsuv"]);
        more.IsRefusal("lsuv");
        more = await Fanin.RunAsync([.. Fanin.Tiny, "--out", _fanin.Out]);
        Answer fresh = await Fanin.RunAsync([.. args, "--fresh"]);

        Assert.Equal(4, Kept(again));
        Assert.Contains("4 of 4 trainings were kept from before", again.Output, StringComparison.Ordinal);
        Assert.Equal((12, 4), (more.ErrorLines.Length, Kept(more)));
        Assert.Equal((4, 0), (fresh.ErrorLines.Length, Kept(fresh)));
    }

    [Fact]
    public async Task AnInterruptedRunGoesOnFromThere()
    {
        string[] args = [.. Fanin.Tiny, "--out", _fanin.Out, "--json", Path.Combine(_fanin.Out, "results.json")];
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();

        Answer stopped = await Fanin.RunAsync(args, terminalWidth: null, interruption.Token);
        Answer done = await Fanin.RunAsync(args);

        Assert.Equal(ExitCode.Retry, stopped.Code);
        Assert.StartsWith("fanin: interrupted", Assert.Single(stopped.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, done.Code);
    }

    [Fact]
    public async Task AFullDiskIsWorthRetrying()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full, where every write finds the disk full");

        Answer answer = await Fanin.RunAsync([.. Fanin.Tiny, "--out", _fanin.Out, "--json", "/dev/full"]);

        Assert.Equal(ExitCode.Retry, answer.Code);
        Assert.StartsWith("fanin: No space left", answer.ErrorLines[^1], StringComparison.Ordinal);
        Assert.True(File.Exists("/dev/full"));
    }

    [Fact]
    public async Task ADeviceIsNotReplacedByAFile()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "needs /dev/null");

        Answer answer = await Fanin.RunAsync([.. Fanin.Tiny, "--out", _fanin.Out, "--json", "/dev/null"]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal("", await File.ReadAllTextAsync("/dev/null", TestContext.Current.CancellationToken));
    }

    private static int Kept(Answer answer) =>
        answer.ErrorLines.Count(line => line.EndsWith(", kept from before", StringComparison.Ordinal));

    /// <summary>Numbers of a training may differ in their last digits from one CPU to another.</summary>
    private static string WithoutNumbers(string text) =>
        Spaces.Replace(Number.Replace(text, "N"), " ").ReplaceLineEndings("\n");

    [GeneratedRegex(@"(?<![\w.(])[+-]?\d+\.\d+(?:%|e-?\d+)?", RegexOptions.None, 1000)]
    private static partial Regex Number { get; }

    [GeneratedRegex(" +", RegexOptions.None, 1000)]
    private static partial Regex Spaces { get; }

    [GeneratedRegex("\"seconds\": [0-9.e-]+", RegexOptions.None, 1000)]
    private static partial Regex Seconds { get; }

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]", RegexOptions.None, 1000)]
    private static partial Regex ControlSequence { get; }
}
