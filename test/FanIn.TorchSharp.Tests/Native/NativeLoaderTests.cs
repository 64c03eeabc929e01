using System.Diagnostics;
using System.Runtime.Versioning;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FanIn.TorchSharp.Tests.Native;

public sealed class NativeLoaderTests
{
    [Fact]
    public async Task Many_threads_may_ask_many_times()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => Task.Run(NativeLoader.EnsureLoaded, TestContext.Current.CancellationToken))
        );

        NativeLoader.EnsureLoaded();
        using Tensor sum = arange(4).sum();
        Assert.Equal(6, sum.item<long>());
    }

    /// <summary>The order of the README: the model comes first, FanIn second.</summary>
    [Fact]
    public void A_model_can_be_built_before_anything_is_asked_of_FanIn()
    {
        using var scope = NewDisposeScope();
        var model = Sequential(("fc", Linear(3, 2)), ("act", ReLU()));
        Tensor y = model.call(ones(5, 3));
        y.sum().backward();

        Assert.Equal([5, 2], y.shape);
        NativeLoader.EnsureLoaded();
    }

    /// <summary>The other way into TorchSharp: through the static constructor of <c>torch</c>.</summary>
    [Fact]
    public void A_tensor_can_be_made_before_anything_is_asked_of_FanIn()
    {
        using Tensor x = ones(2, 2);
        Assert.Equal(4, x.numel());
    }

    [Fact]
    public async Task Processes_that_start_together_share_one_private_copy()
    {
        Linux.Require();
        string home = Directory.CreateTempSubdirectory("fanin-tests-").FullName;
        try
        {
            const string Model = nameof(A_model_can_be_built_before_anything_is_asked_of_FanIn);
            const string Values = nameof(A_tensor_can_be_made_before_anything_is_asked_of_FanIn);
            string[] flows = [Model, Values, Model, Values];
            await Task.WhenAll(flows.Select(flow => RunAlone(flow, home)));

            if (OperatingSystem.IsLinux())
            {
                AssertOnePrivateCopy(home);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task Without_a_private_folder_a_temporary_one_serves()
    {
        Linux.Require();
        string home = Directory.CreateTempSubdirectory("fanin-tests-").FullName;
        try
        {
            string cache = Path.Combine(home, "FanIn.TorchSharp");
            Directory.CreateSymbolicLink(cache, Directory.CreateDirectory(Path.Combine(home, "foreign")).FullName);

            await RunAlone(nameof(A_model_can_be_built_before_anything_is_asked_of_FanIn), home);

            Assert.Empty(Directory.EnumerateFileSystemEntries(cache));
            Assert.Empty(Directory.EnumerateDirectories(home, "fanin-*"));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [SupportedOSPlatform("linux")]
    private static void AssertOnePrivateCopy(string home)
    {
        string cache = Path.Combine(home, "FanIn.TorchSharp");
        if (!Directory.Exists(cache))
        {
            Assert.Skip("This system's libstdc++ is new enough: TorchSharp's library loads as it is.");
        }

        string folder = Assert.Single(Directory.EnumerateDirectories(cache));
        Assert.Equal("drwx------", Mode(cache));
        Assert.Equal("drwx------", Mode(folder));
        string copy = Path.Combine(folder, "libLibTorchSharp.so");
        Assert.Equal(TorchSharpLibrary.Bytes().Length, new FileInfo(copy).Length);
        Assert.Empty(Directory.EnumerateFiles(folder, "*.tmp"));
        Assert.Equal(
            Path.Combine(AppContext.BaseDirectory, "libtorch.so"),
            new FileInfo(Path.Combine(folder, "libtorch.so")).LinkTarget
        );
    }

    [SupportedOSPlatform("linux")]
    private static string Mode(string folder) =>
        File.GetUnixFileMode(folder) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
            ? "drwx------"
            : File.GetUnixFileMode(folder).ToString();

    /// <summary>Runs one test of this class in a process of its own, in which nothing is loaded yet.</summary>
    private static async Task RunAlone(string test, string home)
    {
        string program = Path.ChangeExtension(typeof(NativeLoaderTests).Assembly.Location, null);
        ProcessStartInfo start = new(program, ["-method", $"*.{test}", "-noColor"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_DATA_HOME"] = home;
        start.Environment["TMPDIR"] = home;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(
            process.ExitCode == 0 && output.Contains("Total: 1,", StringComparison.Ordinal),
            output + await errors
        );
    }
}
