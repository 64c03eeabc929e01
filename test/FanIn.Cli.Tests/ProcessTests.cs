using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FanIn.Cli.Tests;

/// <summary>The process itself, beside this one in the output folder: pipes, signals, exit codes.</summary>
public sealed partial class ProcessTests : IDisposable
{
    /// <summary>A second or two where the processors are free; other tests may have them, and the work would take minutes.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    private const int Sigint = 2;
    private const int Sigterm = 15;

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData(Sigint, "cnn:30x16:relu")]
    [InlineData(Sigterm, "cnn:30x16:relu")]
    [InlineData(Sigterm, "mlp:50x2048:relu")]
    public async Task ASignalStopsTraining(int signal, string network)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are a matter of Unix");
        string json = Path.Combine(_fanin.Folder, "results.json");
        using Process process = Start(
            "compare",
            "--task",
            "fashion14",
            "--network",
            network,
            "--out",
            _fanin.Out,
            "--json",
            json
        );
        string store = Path.Combine(_fanin.Out, "trials.db");
        while (!File.Exists(store))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        await Task.Delay(1500, TestContext.Current.CancellationToken);

        (int code, string error, TimeSpan time) = await SignalAsync(process, signal);

        Assert.Equal(ExitCode.Retry, code);
        Assert.Contains(
            $" of 18 trainings are done and kept in {_fanin.Out}: the same command",
            error,
            StringComparison.Ordinal
        );
        Assert.InRange(time, TimeSpan.Zero, s_soon);
        Assert.Equal([_fanin.Out], Directory.EnumerateFileSystemEntries(_fanin.Folder));
        Assert.Equal([store], Directory.EnumerateFileSystemEntries(_fanin.Out));
    }

    [Fact]
    public async Task ASignalStopsTheReadingOfDataToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are a matter of Unix");
        string path = Path.Combine(_fanin.Folder, "big.csv");
        string row = string.Join(',', Enumerable.Range(0, 500).Select(i => $"{i}.{i}")) + ",";
        await File.WriteAllLinesAsync(
            path,
            Enumerable.Range(0, 60_000).Select(i => row + (i % 2 == 0 ? "a" : "b")),
            TestContext.Current.CancellationToken
        );
        using Process process = Start("compare", "--task", path, "--out", _fanin.Out);
        await OpensAsync(process, path);

        (int code, string error, TimeSpan time) = await SignalAsync(process, Sigint);

        Assert.Equal(ExitCode.Retry, code);
        Assert.Contains("interrupted before the first training; nothing was written", error, StringComparison.Ordinal);
        Assert.InRange(time, TimeSpan.Zero, s_soon);
        Assert.False(Directory.Exists(_fanin.Out));
    }

    [Fact]
    public async Task WhatWasDoneBeforeASignalIsKept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are a matter of Unix");
        string[] args =
        [
            "compare",
            "--task",
            "digits",
            "--network",
            "mlp:20x64:relu",
            "--steps",
            "30",
            "--init",
            "zeros",
            "he_normal",
            "--seeds",
            "20",
            "--out",
            _fanin.Out,
        ];
        using Process process = Start(args);
        string? line = null;
        for (int i = 0; i < 4; i++)
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        Assert.StartsWith("[ 4/40] ", line, StringComparison.Ordinal);
        (int code, string error, _) = await SignalAsync(process, Sigterm);

        Answer rest = await Fanin.RunAsync(args);

        Assert.Equal(ExitCode.Retry, code);
        int kept = rest.ErrorLines.Count(l => l.EndsWith("kept from before", StringComparison.Ordinal));
        Assert.InRange(kept, 4, 39);
        Assert.Contains($"interrupted; {kept} of 40 trainings are done", error, StringComparison.Ordinal);
        Assert.Equal(40, rest.ErrorLines.Length);
        Assert.Equal(ExitCode.Done, rest.Code);
    }

    [Fact]
    public async Task PipesCarryTheDocumentAndTheRest()
    {
        using Process process = Start([.. Fanin.Tiny, "--out", _fanin.Out, "--json", "-"]);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Done, process.ExitCode);
        Assert.StartsWith("{", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', await error);
        using var document = System.Text.Json.JsonDocument.Parse(output);
    }

    [Fact]
    public async Task BadInputAnswersTwo()
    {
        using Process process = Start("compare", "--seeds", "0");
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Usage, process.ExitCode);
        Assert.StartsWith("fanin: --seeds must be", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sample he_normal --shape 256,784")]
    [InlineData("gain")]
    [InlineData("gain gelu --json -")]
    public async Task SampleAndGainNeedNoEngine(string arguments)
    {
        // No native library is there.
        string tool = Path.Combine(_fanin.Folder, "tool");
        Directory.CreateDirectory(tool);
        foreach (
            string name in (string[])
                [
                    "FanIn.Cli.dll",
                    "FanIn.Cli.runtimeconfig.json",
                    "FanIn.Lab.dll",
                    "FanIn.TorchSharp.dll",
                    "TorchSharp.dll",
                    "FanIn.dll",
                    "System.CommandLine.dll",
                ]
        )
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, name), Path.Combine(tool, name));
        }
        string[] args = arguments.Split(' ');
        using Process process = StartIn(tool, args);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(await Fanin.RunAsync(args), new Answer(process.ExitCode, output, await error));
    }

    [Fact]
    public async Task CheckingAFileNeedsNoLibtorch()
    {
        string tool = Path.Combine(_fanin.Folder, "tool");
        Directory.CreateDirectory(tool);
        string[] assemblies =
        [
            .. Directory
                .EnumerateFiles(AppContext.BaseDirectory)
                .Where(path =>
                    Path.GetExtension(path) is ".dll" or ".json"
                    || Path.GetFileName(path).Contains("onnxruntime", StringComparison.Ordinal)
                )
                .Where(path => Path.GetFileName(path) is not "FanIn.Cli.deps.json"),
        ];
        foreach (string path in assemblies)
        {
            File.Copy(path, Path.Combine(tool, Path.GetFileName(path)));
        }
        Assert.DoesNotContain(assemblies, path => path.Contains("torch_cpu", StringComparison.Ordinal));
        string model = _fanin.Write("model.onnx", Check.TinyOnnx.Mlp(5, 64, "he_normal"));
        using Process process = StartIn(tool, ["check", model, "--expect", "init"]);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", await error);
        Assert.StartsWith("healthy", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, process.ExitCode);
    }

    [Fact]
    public async Task ASignalLeavesNoHalfFileOfValues()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are a matter of Unix");
        string path = Path.Combine(_fanin.Folder, "values.npy");
        using Process process = Start("sample", "normal", "--shape", "400000000", "--out", path);
        while (!new DirectoryInfo(_fanin.Folder).EnumerateFiles().Any(file => file.Length > 0))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        (int code, string error, TimeSpan time) = await SignalAsync(process, Sigint);

        Assert.Equal((ExitCode.Retry, "fanin: interrupted\n"), (code, error));
        Assert.InRange(time, TimeSpan.Zero, s_soon);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fanin.Folder));
    }

    /// <summary>What waits for ever is left.</summary>
    [Theory]
    [InlineData("plan")]
    [InlineData("init")]
    public async Task ASignalEndsTheWaitForAPipeThatNobodyWritesTo(string verb)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals and named pipes are a matter of Unix");
        string pipe = Path.Combine(_fanin.Folder, "config.json");
        Assert.Equal(0, MakePipe(pipe, 0x180));
        string[] rest = verb == "init" ? ["--out", _fanin.Out] : [];
        using Process process = Start([verb, pipe, .. rest]);
        // Opens when the tool does; nothing is written.
        using SafeFileHandle end = await Task.Run(() =>
            File.OpenHandle(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)
        );

        (int code, string error, TimeSpan time) = await SignalAsync(process, Sigterm);

        Assert.Equal((ExitCode.Retry, "fanin: interrupted\n"), (code, error));
        Assert.InRange(time, TimeSpan.Zero, s_soon);
        Assert.False(Directory.Exists(_fanin.Out));
    }

    /// <summary>Waits until a process has a file open; without Linux's list of them, for a while.</summary>
    private static async Task OpensAsync(Process process, string path)
    {
        string files = $"/proc/{process.Id}/fd";
        if (!Directory.Exists(files))
        {
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            return;
        }
        while (!Directory.EnumerateFiles(files).Any(file => new FileInfo(file).LinkTarget == path))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private Process Start(params string[] args) => StartIn(AppContext.BaseDirectory, args);

    private Process StartIn(string folder, string[] args)
    {
        string tool = Path.Combine(folder, "FanIn.Cli.dll");
        Assert.True(File.Exists(tool), tool);

        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        // A shell's background commands ignore SIGINT, and so would what the tests start from there.
        var (program, before) = OperatingSystem.IsLinux()
            ? ("env", (string[])["--default-signal=INT", host])
            : (host, (string[])[]);
        var start = new ProcessStartInfo(program, [.. before, "exec", tool, .. args])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _fanin.Folder,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("The process didn't start.");
    }

    private static async Task<(int Code, string Error, TimeSpan Time)> SignalAsync(Process process, int signal)
    {
        long sent = Stopwatch.GetTimestamp();
        if (Kill(process.Id, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));
        return (process.ExitCode, await error, Stopwatch.GetElapsedTime(sent));
    }

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
