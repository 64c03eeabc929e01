using System.Globalization;

namespace FanIn.Checkpoints;

/// <summary>
/// What launchers tell a process by environment variables. Launchers nest: inside a Slurm job mpirun starts one daemon a
/// node, and SLURM_PROCID is then the daemon's; torchrun is itself started by srun or as a pod. So the innermost counts.
/// </summary>
internal readonly struct LauncherVariables(Func<string, string?> variable)
{
    /// <summary>Steps from here on aren't started by srun: interactive, batch and external ones (slurm.h, SLURM_*_STEP).</summary>
    private const long FirstSpecialStep = 0xFFFF_FFF0;

    /// <param name="world">As told, for launchers that don't say.</param>
    public Rank Find(int? world)
    {
        Rank? mpi = Pair("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE");
        Rank? torchrun = Pair("RANK", "WORLD_SIZE");
        if (mpi is not null && torchrun is not null && (mpi.Index, mpi.World) != (torchrun.Index, torchrun.World))
        {
            throw new LauncherException(
                $"{mpi.Source} say {mpi.Index} of {mpi.World}, but {torchrun.Source} say {torchrun.Index} of {torchrun.World}; give --rank and --world."
            );
        }
        return mpi
            ?? torchrun
            ?? Pair("PMI_RANK", "PMI_SIZE")
            ?? SlurmStep()
            ?? SlurmArray()
            ?? IndexedJob(world)
            ?? SlurmBatch()
            ?? Rank.Single;
    }

    /// <summary>Of one alone nothing is read: RANK may be anybody's.</summary>
    private Rank? Pair(string index, string world) =>
        HasBoth(index, world) && Number(index) is { } i && Number(world) is { } w
            ? new(i, w, $"{index} and {world}")
            : null;

    private bool HasBoth(string one, string other) => Text(one) is not null && Text(other) is not null;

    private Rank? SlurmStep()
    {
        if (Text("SLURM_STEP_ID") is not { } step || IsSpecial(step))
        {
            return null;
        }
        // A step has its own number of tasks; SLURM_NTASKS may be the job's.
        Rank? rank = Pair("SLURM_PROCID", "SLURM_STEP_NUM_TASKS") ?? Pair("SLURM_PROCID", "SLURM_NTASKS");
        // Arrays of steps are as often one job a seed as one job in parts: doing all of it again is waste, a part too few a loss.
        return rank is not null && Number("SLURM_ARRAY_TASK_COUNT") is > 1
            ? rank with
            {
                Warning =
                    "each task of the Slurm array has a step of its own and does the whole work; without srun the array's tasks share it",
            }
            : rank;
    }

    private static bool IsSpecial(string step) =>
        // Some versions write the word (batch, extern, interactive) for the number.
        !long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out long id) || id >= FirstSpecialStep;

    private Rank? SlurmArray()
    {
        const string Id = "SLURM_ARRAY_TASK_ID";
        const string Count = "SLURM_ARRAY_TASK_COUNT";
        if (!HasBoth(Id, Count) || Number(Id) is not { } id || Number(Count) is not { } count)
        {
            return null;
        }
        (int first, int step) = (Number("SLURM_ARRAY_TASK_MIN") ?? 0, Number("SLURM_ARRAY_TASK_STEP") ?? 1);
        int last = Number("SLURM_ARRAY_TASK_MAX") ?? first + ((count - 1) * step);
        return step > 0 && (long)last - first == (count - 1L) * step && (id - first) % step == 0
            ? new((id - first) / step, count, $"{Id} and {Count}")
            : throw new LauncherException(
                $"The Slurm array has {count} tasks from {first} to {last} in steps of {step}, of which {id} can't be placed: give an array without gaps, such as --array=0-{count - 1}, or --rank and --world."
            );
    }

    private Rank? IndexedJob(int? world)
    {
        const string Variable = "JOB_COMPLETION_INDEX";
        return Number(Variable) is not { } index ? null
            : world is { } of ? new(index, of, $"{Variable} and --world")
            : throw new LauncherException(
                $"{Variable} is {index}, but a pod isn't told of how many: give --world, the Job's number of completions."
            );
    }

    /// <summary>
    /// A batch script is told SLURM_PROCID=0 of SLURM_NTASKS tasks though it runs once: without srun the other ranks' work
    /// would silently be left undone.
    /// </summary>
    private Rank? SlurmBatch() =>
        HasBoth("SLURM_PROCID", "SLURM_NTASKS") && Number("SLURM_NTASKS") is { } tasks and > 1
            ? throw new LauncherException(
                $"This Slurm job has {tasks} tasks, but the batch script itself runs once: start the command with srun, or give --rank 0 --world 1 to do all of it here."
            )
            : null;

    private string? Text(string name) => variable(name) is { Length: > 0 } text ? text : null;

    private int? Number(string name) =>
        Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw new LauncherException($"{name} is '{Shortened(text)}', where a whole number from 0 was expected.");

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
