using FanIn.Tests.Shared;

namespace FanIn.Cli.Tests;

public sealed class ReadmeTests : IDisposable
{
    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Fact]
    public async Task TheSampledTensorIsAsShown()
    {
        string folder = _fanin.Folder + Path.DirectorySeparatorChar;

        Answer answer = await Fanin.RunAsync(
            $"sample he_normal --shape 256,784 --seed 42 --name fc1.weight --out {folder}fc1.npy".Split(' ')
        );

        Assert.Equal(ExitCode.Done, answer.Code);
        Readme.AssertShowsOutput(answer.Output.Replace(folder, "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheGainIsAsShown()
    {
        Answer answer = await Fanin.RunAsync("gain", "gelu");

        Assert.Equal(ExitCode.Done, answer.Code);
        Readme.AssertShowsOutput(answer.Output);
    }

    [Fact]
    public async Task TheCheckIsAsShown()
    {
        Answer answer = await Fanin.RunAsync("check --network mlp:20x64:relu --init xavier_normal".Split(' '));

        Assert.Equal(ExitCode.Fault, answer.Code);
        // Processors round matrix products differently: the verdict is the same everywhere, digits aren't.
        string readme = await File.ReadAllTextAsync(
            Path.Combine(Readme.RepositoryRoot(), "README.md"),
            TestContext.Current.CancellationToken
        );
        Assert.Contains($"```\n{answer.Output.Split('\n')[0]}\n", readme, StringComparison.Ordinal);
    }
}
