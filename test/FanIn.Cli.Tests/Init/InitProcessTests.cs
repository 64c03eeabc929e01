using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FanIn.Checkpoints;

namespace FanIn.Cli.Tests;

/// <summary>The process itself: killed at any moment, several at once, on a disk that is too small.</summary>
public sealed class InitProcessTests : IDisposable
{
    private const int Sigint = 2;

    /// <summary>About 130 MB in float32.</summary>
    private const string Gpt2 =
        """{"model_type": "gpt2", "n_embd": 512, "n_layer": 4, "n_head": 8, "vocab_size": 40000, "n_positions": 128}""";

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    /// <summary>
    /// Ten moments from the start on, half of them of a rank among three, which write one file: what is under its name is
    /// whole, and the same command again makes the folder what it would have been.
    /// </summary>
    [Fact]
    public async Task KilledAtAnyMomentAndRunAgainItIsTheSame()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are a matter of Unix");
        string config = _fanin.Write("config.json", Gpt2);
        string clean = Path.Combine(_fanin.Folder, "clean");
        string cleanShards = Path.Combine(_fanin.Folder, "clean-shards");
        string[] shards = ["--max-shard-size", "20MB"];
        long start = Stopwatch.GetTimestamp();
        await RunAsync("init", config, "--out", clean);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        await RunAsync(["init", config, "--out", cleanShards, .. shards]);
        for (int kill = 0; kill < 10; kill++)
        {
            bool isShared = kill % 2 == 1;
            string folder = Path.Combine(_fanin.Folder, $"killed-{kill}");
            string[] command = ["init", config, "--out", folder, .. isShared ? [] : shards];
            string[] ranks = isShared ? ["--world", "3", "--rank"] : [];
            Process[] others =
            [
                .. isShared ? (Process[])[Start([.. command, .. ranks, "0"]), Start([.. command, .. ranks, "2"])] : [],
            ];
            string[] own = isShared ? [.. command, .. ranks, "1"] : command;
            using (Process process = Start(own))
            {
                await Task.Delay(
                    whole * ((kill + 0.5) / 10) * (isShared ? 2 : 1),
                    TestContext.Current.CancellationToken
                );
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
            string expected = isShared ? clean : cleanShards;
            foreach (string file in Visible(folder))
            {
                Assert.Equal(Hash(Path.Combine(expected, file)), Hash(Path.Combine(folder, file)));
            }
            await RunAsync(own);
            foreach (Process other in others)
            {
                await other.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.Equal(0, other.ExitCode);
                other.Dispose();
            }
            Assert.Equal(All(expected), All(folder));
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Two writers of the same files at once, as when a node that was given up goes on.</summary>
    [Fact]
    public async Task TwoWritersOfTheSameFilesDoEachOtherNoHarm()
    {
        string config = _fanin.Write("config.json", Gpt2);
        string clean = Path.Combine(_fanin.Folder, "clean");
        await RunAsync("init", config, "--out", clean);
        using Process one = Start("init", config, "--out", _fanin.Out);
        using Process two = Start("init", config, "--out", _fanin.Out);
        await one.WaitForExitAsync(TestContext.Current.CancellationToken);
        await two.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        Assert.Equal(All(clean), All(_fanin.Out));
    }

    [Fact]
    public async Task InterruptedItLeavesNoHalfFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are a matter of Unix");
        string config = _fanin.Write("config.json", Gpt2.Replace("40000", "4000000"));
        using Process process = Start("init", config, "--out", _fanin.Out);
        while (!Directory.Exists(_fanin.Out) || Directory.GetFiles(_fanin.Out, ".model*").Length == 0)
        {
            Assert.False(process.HasExited);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        if (Kill(process.Id, Sigint) != 0)
        {
            throw new Win32Exception();
        }
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ExitCode.Retry, "fanin: interrupted\n"), (process.ExitCode, error));
        Assert.Equal(
            ["config.json", "fanin.plan.json"],
            Directory.EnumerateFileSystemEntries(_fanin.Out).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Of file systems that know how to reserve room, and of those that only notice when it is gone.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("--no-direct")]
    public async Task AFullDiskIsSaidAndLeavesNoHalfFile(string option)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && EffectiveUser() == 0, "a file system of its own takes root");
        string config = _fanin.Write("config.json", Gpt2);
        string disk = Path.Combine(_fanin.Folder, "disk");
        Directory.CreateDirectory(disk);
        using (Process mount = Process.Start("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]))
        {
            await mount.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipUnless(mount.ExitCode == 0, "this system mounts no file systems for tests");
        }
        try
        {
            string folder = Path.Combine(disk, "out");
            string[] command =
            [
                "init",
                config,
                "--out",
                folder,
                "--max-shard-size",
                "5MB",
                .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ];
            using Process process = Start(command);
            string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(ExitCode.Retry, process.ExitCode);
            string sentence = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Matches("^fanin: there is no room for '.*\\.safetensors', which takes [0-9]+ bytes: ", sentence);
            // Those files that found room are whole; all else is gone.
            string[] finished = [.. Visible(folder).Where(file => file.EndsWith(".safetensors"))];
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder, ".*"));
            Assert.DoesNotContain(SafetensorsIndex.FileName, Visible(folder));
            Assert.All(finished, file => SafetensorsFile.Open(Path.Combine(folder, file)).Dispose());
        }
        finally
        {
            using Process unmount = Process.Start("umount", [disk]);
            await unmount.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static string[] Visible(string folder) =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateFileSystemEntries(folder)
                    .Select(Path.GetFileName)
                    .Where(name => name![0] != '.')
                    .Order(StringComparer.Ordinal)!,
            ]
            : [];

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static string[] All(string folder) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(folder)
                .Order(StringComparer.Ordinal)
                .Select(path => $"{Path.GetFileName(path)} {(Directory.Exists(path) ? "folder" : Hash(path))}"),
        ];

    private async Task RunAsync(params string[] args)
    {
        using Process process = Start(args);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, error);
    }

    private Process Start(params string[] args)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var (program, before) = OperatingSystem.IsLinux()
            ? ("env", (string[])["--default-signal=INT", host])
            : (host, (string[])[]);
        var start = new ProcessStartInfo(
            program,
            [.. before, "exec", Path.Combine(AppContext.BaseDirectory, "FanIn.Cli.dll"), .. args]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _fanin.Folder,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("The process didn't start.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
