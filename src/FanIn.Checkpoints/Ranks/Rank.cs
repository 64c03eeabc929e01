namespace FanIn.Checkpoints;

/// <summary>
/// Which of how many processes this one is. Ranks share the work without a word between them: what is whose follows from
/// the plan and these two numbers, and who does another's share by mistake writes the same bytes.
/// </summary>
public sealed record Rank
{
    /// <summary>The only process.</summary>
    public static Rank Single { get; } = new(0, 1, "a single process");

    /// <summary>One of several.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="world">How many there are, from 1.</param>
    /// <param name="source">Who said so, for a person: <c>SLURM_PROCID and SLURM_NTASKS</c>.</param>
    /// <exception cref="LauncherException">There is no such process: <c>4 of 4</c>.</exception>
    public Rank(int index, int world, string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (world < 1 || index < 0 || index >= world)
        {
            throw new LauncherException(
                $"Rank {index} of {world} (from {source}) is none: ranks count from 0, so that with {world} the last is {world - 1}."
            );
        }
        (Index, World, Source) = (index, world, source);
    }

    /// <summary>From 0.</summary>
    public int Index { get; }

    /// <summary>How many processes share the work, from 1.</summary>
    public int World { get; }

    /// <summary>Who said so, for a person.</summary>
    public string Source { get; }

    /// <summary>What somebody should know who didn't mean it so; null where all is plain.</summary>
    public string? Warning { get; init; }

    /// <summary>
    /// The rank of this process: as told, otherwise as the launcher that started it says in the environment; the innermost of
    /// several launchers counts. Open MPI, torchrun, other MPIs (PMI), a Slurm step, a Slurm array, a Kubernetes Indexed Job.
    /// </summary>
    /// <param name="variable">The environment: a variable's value by its name, or null.</param>
    /// <param name="rank">As told; needs <paramref name="world"/>.</param>
    /// <param name="world">As told. Alone it goes with an Indexed Job, whose pods don't know of how many they are.</param>
    /// <exception cref="LauncherException">
    /// What the launchers say is no rank, or contradicts itself or what was told; or a batch script runs without a step, so
    /// that a single process would take itself for one of many.
    /// </exception>
    public static Rank Detect(Func<string, string?> variable, int? rank = null, int? world = null)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (rank is { } told)
        {
            return world is { } of
                ? new(told, of, "--rank and --world")
                : throw new LauncherException($"--rank {told} says nothing without --world, the number of processes.");
        }
        Rank found = new LauncherVariables(variable).Find(world);
        return world is null || world == found.World
            ? found
            : throw new LauncherException(
                found == Single
                    ? $"--world {world} says nothing of which process this is, and no launcher does; give --rank too."
                    : $"--world {world} contradicts {found.Source}, which say {found.World}; give --rank too, or neither."
            );
    }

    /// <summary>True of the units that are this rank's, where unit after unit goes round the ranks.</summary>
    public bool Owns(long unit) => unit % World == Index;

    /// <summary>For a person: <c>rank 1 of 4, from SLURM_PROCID and SLURM_NTASKS</c>.</summary>
    public override string ToString() =>
        World == 1 && Source == Single.Source ? Source : $"rank {Index} of {World}, from {Source}";
}
