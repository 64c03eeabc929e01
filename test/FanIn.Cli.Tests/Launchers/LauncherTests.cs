using System.Diagnostics;
using FanIn.Tests.Shared;

namespace FanIn.Cli.Tests;

/// <summary>
/// The files of deploy/ under real launchers: a Slurm of two nodes on this machine (eng/slurm-local.sh) and Open MPI. Slow,
/// since Slurm takes half a minute until it gives a node up.
/// </summary>
public sealed class LauncherTests : IAsyncLifetime
{
    /// <summary>About 130 MB in float32, in four files.</summary>
    private const string Gpt2 =
        """{"model_type": "gpt2", "n_embd": 512, "n_layer": 4, "n_head": 8, "vocab_size": 40000, "n_positions": 128}""";

    private const string Shards = "--max-shard-size 20MB";
    private readonly Fanin _fanin = new();
    private readonly string _root = Readme.RepositoryRoot();
    private bool _hasSlurm;

    private string Slurm => Path.Combine(_fanin.Folder, "slurm");

    public async ValueTask InitializeAsync()
    {
        _fanin.Write("config.json", Gpt2);
        string tool = _fanin.Write(
            "fanin",
            $"#!/bin/sh\nexec '{Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"}' exec '{Path.Combine(AppContext.BaseDirectory, "FanIn.Cli.dll")}' \"$@\"\n"
        );
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            await Bash($"fanin init config.json --out clean {Shards}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_hasSlurm)
        {
            await Bash($"'{_root}/eng/slurm-local.sh' stop '{Slurm}'");
        }
        _fanin.Dispose();
    }

    [Fact(Explicit = true)]
    public async Task OpenMpi()
    {
        await SkipWithout("mpirun");
        string output = await Bash(
            $"OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 '{_root}/deploy/mpirun.sh' 4 config.json mpi {Shards} 2>&1"
        );
        foreach (int rank in Enumerable.Range(0, 4))
        {
            Assert.Contains($"rank {rank} of 4, from OMPI_COMM_WORLD_RANK", output, StringComparison.Ordinal);
        }
        await IsClean("mpi");
    }

    [Fact(Explicit = true)]
    public async Task SlurmStepsAndArrays()
    {
        await StartSlurm();
        await Bash(
            $"sbatch --wait --nodes=2 --ntasks-per-node=2 --cpus-per-task=1 -o step.log '{_root}/deploy/slurm-srun.sh' config.json step {Shards}"
        );
        string log = await Bash("cat step.log");
        foreach (int rank in Enumerable.Range(0, 4))
        {
            Assert.Contains($"rank {rank} of 4, from SLURM_PROCID", log, StringComparison.Ordinal);
        }
        await IsClean("step");

        await Bash(
            $"sbatch --wait --array=2-6:2 --cpus-per-task=1 -o array.%a.log '{_root}/deploy/slurm-array.sh' config.json array {Shards}"
        );
        Assert.Contains(
            "rank 1 of 3, from SLURM_ARRAY_TASK_ID",
            await Bash("cat array.4.log"),
            StringComparison.Ordinal
        );
        await IsClean("array");
    }

    [Fact(Explicit = true)]
    public async Task ABatchScriptWithoutAStepIsRefused()
    {
        await StartSlurm();
        string output = await Bash(
            "sbatch --wait -n 4 -o batch.log --wrap 'fanin init config.json --out batch' || echo code $?; cat batch.log"
        );
        Assert.Contains("code 2", output, StringComparison.Ordinal);
        Assert.Contains("start the command with srun", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_fanin.Folder, "batch")));
    }

    /// <summary>
    /// A node that Slurm gives up in the middle of a file: the job starts again on the other one, and the old task, which
    /// nobody could stop, wakes up and writes beside it.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task ALostNodesTaskWritesBesideItsSuccessor()
    {
        await StartSlurm();
        _fanin.Write(
            "lost.sh",
            $"""
            #!/bin/bash
            #SBATCH --nodes=1 --ntasks=1 --requeue --open-mode=append
            if [ "$SLURM_RESTART_COUNT" = "" ] || [ "$SLURM_RESTART_COUNT" = 0 ]; then
              fanin init config.json --out lost --rank 0 --world 1 {Shards} &
              old=$!
              until ls lost/.model* >/dev/null 2>&1; do sleep 0.01; done
              kill -STOP $old
              touch held
              until [ -e again ]; do sleep 0.05; done
              kill -CONT $old
              wait $old
              echo "old on $SLURMD_NODENAME: $?" >old-code
              exit
            fi
            touch again
            fanin init config.json --out lost --rank 0 --world 1 {Shards}
            echo "new on $SLURMD_NODENAME: $?" >new-code

            """.ReplaceLineEndings("\n")
        );
        await Bash("scontrol update nodename=n1 state=drain reason=test; sbatch -o lost.log lost.sh");
        await Bash("until [ -e held ]; do sleep 0.1; done");
        await Bash($"'{_root}/eng/slurm-local.sh' lose '{Slurm}' n2; scontrol update nodename=n1 state=resume");
        await Bash("until [ -e old-code ] && [ -e new-code ]; do sleep 0.2; done");
        Assert.Equal("old on n2: 0\nnew on n1: 0\n", await Bash("cat old-code new-code"));
        await IsClean("lost");
    }

    private async Task StartSlurm()
    {
        await SkipWithout("slurmctld", "slurmd", "munged");
        Assert.SkipUnless((await Bash("id -u")).Trim() == "0", "Slurm's daemons take root");
        _hasSlurm = true;
        await Bash($"'{_root}/eng/slurm-local.sh' start '{Slurm}'");
    }

    private async Task SkipWithout(params string[] programs)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "launchers are tested on Linux");
        foreach (string program in programs)
        {
            string found = await Bash($"PATH=$PATH:/usr/sbin; command -v {program} || true");
            Assert.SkipUnless(found.Length > 0, $"there is no {program} (eng/install-oracles.sh installs it)");
        }
    }

    private async Task IsClean(string folder) => Assert.Equal("", await Bash($"diff -r clean {folder} 2>&1"));

    /// <summary>What a script in the test's folder writes to standard output; for three minutes at most.</summary>
    private async Task<string> Bash(string script)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = _fanin.Folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{_fanin.Folder}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin";
        start.Environment["SLURM_CONF"] = Path.Combine(Slurm, "slurm.conf");
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("bash didn't start.");
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
