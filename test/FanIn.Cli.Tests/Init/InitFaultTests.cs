namespace FanIn.Cli.Tests;

/// <summary>What is worth trying again answers 3, and schedulers do; what never will be any better answers 2.</summary>
public sealed class InitFaultTests : IDisposable
{
    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    private string Config => _fanin.Write("config.json", """{"model_type": "gpt2", "n_layer": 1, "n_embd": 12}""");

    [Fact]
    public async Task AFolderThatCannotBeIsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the sentences are Unix's");
        string config = Config;
        await Refused(Path.Combine(config, "x"), "config.json");
        await Refused(Path.Combine(_fanin.Folder, new string('x', 300)), "too long");
        if (OperatingSystem.IsLinux())
        {
            await Refused("/sys/fanin", "Access to the path '/sys/fanin' is denied");
        }

        async Task Refused(string output, string says) =>
            (await Fanin.RunAsync("init", config, "--out", output)).IsRefusal(says);
    }

    /// <summary>A folder under the name of a file that is to be written.</summary>
    [Fact]
    public async Task AFolderInTheWayIsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_fanin.Out, "model.safetensors"));
        (await Fanin.RunAsync("init", Config, "--out", _fanin.Out)).IsRefusal("model.safetensors' is a folder");
    }

    [Theory]
    [InlineData("ENOTDIR", 20, 20, ExitCode.Usage)]
    [InlineData("EISDIR", 21, 21, ExitCode.Usage)]
    [InlineData("EROFS", 30, 30, ExitCode.Usage)]
    [InlineData("ENAMETOOLONG", 36, 63, ExitCode.Usage)]
    [InlineData("EIO", 5, 5, ExitCode.Retry)]
    [InlineData("ENOSPC", 28, 28, ExitCode.Retry)]
    [InlineData("EDQUOT", 122, 69, ExitCode.Retry)]
    [InlineData("ESTALE", 116, 70, ExitCode.Retry)]
    [InlineData("EMFILE", 24, 24, ExitCode.Retry)]
    public void TheSystemsReasonDecides(string name, int linux, int macOS, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the numbers are Unix's");
        var reason = new IOException(name, OperatingSystem.IsMacOS() ? macOS : linux);
        Assert.Equal(code, Tool.CodeOf(reason));
        // What was wrapped for its sentence.
        Assert.Equal(code, Tool.CodeOf(new IOException("there is no room", reason)));
    }

    [Fact]
    public void TheKindOfFaultDecides()
    {
        Assert.Equal(ExitCode.Usage, Tool.CodeOf(new UnauthorizedAccessException()));
        Assert.Equal(ExitCode.Usage, Tool.CodeOf(new PathTooLongException()));
        Assert.Equal(ExitCode.Usage, Tool.CodeOf(new DirectoryNotFoundException()));
        Assert.Equal(ExitCode.Usage, Tool.CodeOf(new IOException("wrapped", new UnauthorizedAccessException())));
        // Another process has renamed or removed it.
        Assert.Equal(ExitCode.Retry, Tool.CodeOf(new FileNotFoundException()));
        Assert.Equal(ExitCode.Retry, Tool.CodeOf(new EndOfStreamException()));
        Assert.Equal(ExitCode.Retry, Tool.CodeOf(new OperationCanceledException()));
        // Longer than any array, and so without trying.
        Assert.Equal(ExitCode.Retry, Tool.CodeOf(Assert.Throws<OutOfMemoryException>(() => new byte[int.MaxValue])));
        // A mistake of ours is the same the next time.
        Assert.Equal(ExitCode.Usage, Tool.CodeOf(new InvalidOperationException()));
    }
}
