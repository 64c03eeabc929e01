using System.Diagnostics;
using FanIn.Tests.Shared;

namespace FanIn.Cli.Tests;

/// <summary>What the files for Slurm in deploy/ make of exit codes, with a srun that runs them one after the other.</summary>
public sealed class SlurmScriptTests : IDisposable
{
    /// <summary>As srun: the highest code of all tasks.</summary>
    private const string Srun = """
        #!/bin/bash
        shift
        most=0
        for task in $TASKS; do
          TASK=$task "$@"
          code=$?
          [ $code -gt $most ] && most=$code
        done
        exit $most
        """;

    /// <summary>Says what it was told; a code above 128 is a signal's, as the shell gives it.</summary>
    private const string Tool = """
        #!/bin/bash
        echo "fanin $*"
        exit $TASK
        """;

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData("0 0 0", 0, 0, false)]
    [InlineData("0 3 0", 0, 3, true)]
    [InlineData("0 3 0", 3, 3, false)]
    [InlineData("137 0 0", 0, 137, true)]
    [InlineData("3 143 0", 2, 143, true)]
    [InlineData("2 2 2", 0, 2, false)]
    [InlineData("0 2 3", 0, 2, false)]
    [InlineData("2 137 0", 0, 2, false)]
    [InlineData("1 3 137", 0, 2, false)]
    [InlineData("127 0 0", 0, 127, false)]
    public async Task OnlyWhatMayHelpIsTriedAgain(string tasks, int restarts, int code, bool isRequeued)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "shell scripts are a matter of Unix");
        (int exit, string[] lines) = await RunAsync("slurm-srun.sh", tasks, restarts);
        Assert.Equal(code, exit);
        Assert.Equal(
            [
                .. Enumerable.Repeat("fanin init config.json --out a folder --seed 7", 3),
                .. isRequeued ? (string[])["scontrol requeue 5"] : [],
            ],
            lines
        );
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(2, 0, false)]
    [InlineData(3, 0, true)]
    [InlineData(137, 1, true)]
    [InlineData(137, 3, false)]
    public async Task AnArraysTaskIsTriedAgainByItself(int code, int restarts, bool isRequeued)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "shell scripts are a matter of Unix");
        (int exit, string[] lines) = await RunAsync("slurm-array.sh", $"{code}", restarts);
        Assert.Equal(code, exit);
        Assert.Equal(
            ["fanin init config.json --out a folder --seed 7", .. isRequeued ? (string[])["scontrol requeue 8_1"] : []],
            lines
        );
    }

    private async Task<(int Code, string[] Lines)> RunAsync(string script, string tasks, int restarts)
    {
        Write("srun", Srun);
        Write("fanin", Tool);
        Write("scontrol", "#!/bin/bash\necho \"scontrol $*\"\n");
        var start = new ProcessStartInfo(
            "bash",
            [Path.Combine(Readme.RepositoryRoot(), "deploy", script), "config.json", "a folder", "--seed", "7"]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{_fanin.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["TASKS"] = start.Environment["TASK"] = tasks;
        start.Environment["SLURM_JOB_ID"] = "5";
        start.Environment["SLURM_ARRAY_JOB_ID"] = "8";
        start.Environment["SLURM_ARRAY_TASK_ID"] = "1";
        start.Environment["SLURM_RESTART_COUNT"] = $"{restarts}";
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private void Write(string name, string script)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_fanin.Write(name, script), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
