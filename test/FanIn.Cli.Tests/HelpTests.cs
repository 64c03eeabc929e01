namespace FanIn.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("help.txt")]
    [InlineData("help.txt", "--help")]
    [InlineData("help.txt", "-h")]
    [InlineData("help-compare.txt", "compare", "--help")]
    [InlineData("help-compare.txt", "compare", "--no-such-option", "--help")]
    [InlineData("help-gain.txt", "gain", "--help")]
    [InlineData("help-sample.txt", "sample", "--help")]
    public async Task ShowsThePage(string golden, params string[] args)
    {
        Answer answer = await Fanin.RunAsync(args);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal("", answer.Error);
        Golden.Check(golden, answer.Output);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(300)]
    public async Task KeepsWithinTheTerminal(int width)
    {
        Answer answer = await Fanin.RunAsync(["compare", "--help"], width, TestContext.Current.CancellationToken);

        // Examples are whole command lines: they are never broken.
        Assert.All(
            answer.Output.Split('\n').Where(line => !line.StartsWith("  fanin ", StringComparison.Ordinal)),
            line => Assert.InRange(line.Length, 0, Math.Min(width, 100))
        );
    }

    [Fact]
    public async Task TellsTheVersion()
    {
        Answer answer = await Fanin.RunAsync(["--version"]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Matches(@"^fanin \d+\.\d+\.\d+\r?\n$", answer.Output);
    }
}
