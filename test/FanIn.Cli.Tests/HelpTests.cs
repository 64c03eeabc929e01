namespace FanIn.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("help.txt")]
    [InlineData("help.txt", "--help")]
    [InlineData("help.txt", "-h")]
    [InlineData("help-compare.txt", "compare", "--help")]
    [InlineData("help-compare.txt", "compare", "--no-such-option", "--help")]
    [InlineData("help-check.txt", "check", "--help")]
    [InlineData("help-critical.txt", "critical", "--help")]
    [InlineData("help-gain.txt", "gain", "--help")]
    [InlineData("help-init.txt", "init", "--help")]
    [InlineData("help-plan.txt", "plan", "--help")]
    [InlineData("help-sample.txt", "sample", "--help")]
    [InlineData("help-verify.txt", "verify", "--help")]
    public async Task ShowsThePage(string golden, params string[] args)
    {
        Answer answer = await Fanin.RunAsync(args);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal("", answer.Error);
        Golden.Check(golden, answer.Output);
    }

    [Theory]
    [InlineData("compare", 60)]
    [InlineData("compare", 80)]
    [InlineData("compare", 300)]
    [InlineData("check", 60)]
    [InlineData("check", 80)]
    [InlineData("check", 300)]
    [InlineData("plan", 60)]
    [InlineData("plan", 80)]
    [InlineData("plan", 300)]
    [InlineData("init", 60)]
    [InlineData("init", 80)]
    [InlineData("init", 300)]
    [InlineData("verify", 60)]
    [InlineData("verify", 80)]
    [InlineData("verify", 300)]
    [InlineData("sample", 60)]
    [InlineData("sample", 80)]
    [InlineData("sample", 300)]
    [InlineData("critical", 60)]
    [InlineData("critical", 80)]
    [InlineData("critical", 300)]
    [InlineData("gain", 60)]
    [InlineData("gain", 80)]
    [InlineData("gain", 300)]
    public async Task KeepsWithinTheTerminal(string page, int width)
    {
        Answer answer = await Fanin.RunAsync([page, "--help"], width, TestContext.Current.CancellationToken);

        // Examples are whole command lines: they are never broken.
        Assert.All(
            answer.Output.Split('\n').Where(line => !line.StartsWith("  fanin ", StringComparison.Ordinal)),
            line => Assert.InRange(line.Length, 0, Math.Min(width, 100))
        );
    }

    [Theory]
    [InlineData("compare", true)]
    [InlineData("check", true)]
    [InlineData("plan", false)]
    [InlineData("sample", false)]
    public async Task NamesEveryInitializerOnceInItsGroup(string page, bool fitted)
    {
        Answer answer = await Fanin.RunAsync(page, "--help");

        string[] lines = Section(answer.Output, "Initializers:");
        string[] groups = [.. lines.Select(line => line[2..18].Trim()).Where(group => group.Length > 0)];
        Assert.Equal(
            [
                "constants",
                "explicit scale",
                "scaled by fan",
                "orthogonal",
                "deep networks",
                "biases",
                "patterns",
                "hypernetworks",
                "attention",
                .. fitted ? ["fitted to data"] : Array.Empty<string>(),
            ],
            groups
        );
        string[] names = string.Join(' ', lines.Select(line => line[18..]))
            .Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            Initializer.Names.Where(name =>
                fitted || name is not ("lsuv" or "krahenbuhl" or "weight_norm" or "metainit" or "gradinit")
            ),
            names
        );
        foreach (string rule in (string[])["he_normal(fan_out)", "orthogonal(gain=sqrt(2))"])
        {
            Assert.Contains(rule, answer.Output, StringComparison.Ordinal);
            Assert.Equal(rule, Initializer.Parse(rule).ToString().Replace("mode=", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task NamesEveryLayoutAndWhatFrameworksCallIt()
    {
        Answer answer = await Fanin.RunAsync("sample", "--help");

        string section = answer.Output[answer.Output.IndexOf("Layouts:", StringComparison.Ordinal)..];
        Assert.All(
            Spelling.Words<WeightLayout>(),
            word => Assert.Contains($"\n  {word} ", section, StringComparison.Ordinal)
        );
        Assert.All(
            SampleTests.LayoutsOfFrameworks,
            row =>
                Assert.Matches($@"\b{row.Data.Item1}\b", section[section.IndexOf("Also", StringComparison.Ordinal)..])
        );
    }

    /// <summary>The lines of a section's entries.</summary>
    private static string[] Section(string page, string heading) =>
        [
            .. page.Split('\n')
                .SkipWhile(line => line != heading)
                .Skip(1)
                .TakeWhile(line => !line.StartsWith("  Arguments", StringComparison.Ordinal)),
        ];

    [Fact]
    public async Task TellsTheVersion()
    {
        Answer answer = await Fanin.RunAsync(["--version"]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Matches(@"^fanin \d+\.\d+\.\d+\r?\n$", answer.Output);
    }
}
