namespace FanIn.Checkpoints.Tests;

public sealed class RankTests
{
    [Theory]
    [InlineData("", "a single process")]
    [InlineData("PATH=/bin OMPI_COMM_WORLD_RANK= ", "a single process")]
    [InlineData(
        "OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4",
        "rank 2 of 4, from OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE"
    )]
    // Under Open MPI in a Slurm job, Slurm's numbers are those of the daemons.
    [InlineData(
        "OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2",
        "rank 3 of 4, from OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE"
    )]
    [InlineData(
        "RANK=7 WORLD_SIZE=8 LOCAL_RANK=1 SLURM_STEP_ID=0 SLURM_PROCID=3 SLURM_NTASKS=4",
        "rank 7 of 8, from RANK and WORLD_SIZE"
    )]
    [InlineData("RANK=7 WORLD_SIZE=8 JOB_COMPLETION_INDEX=3", "rank 7 of 8, from RANK and WORLD_SIZE")]
    [InlineData("RANK=7", "a single process")]
    // Other people's variables, which no launcher set.
    [InlineData("RANK=general", "a single process")]
    [InlineData("RANK=general WORLD_SIZE=", "a single process")]
    [InlineData("WORLD_SIZE=huge", "a single process")]
    [InlineData("PMI_RANK=x OMPI_COMM_WORLD_SIZE=y", "a single process")]
    [InlineData("SLURM_ARRAY_TASK_ID=x SLURM_PROCID=y", "a single process")]
    [InlineData("RANK=general JOB_COMPLETION_INDEX=", "a single process")]
    [InlineData("PMI_RANK=1 PMI_SIZE=3", "rank 1 of 3, from PMI_RANK and PMI_SIZE")]
    [InlineData("SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=4", "rank 1 of 4, from SLURM_PROCID and SLURM_NTASKS")]
    [InlineData(
        "SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_NTASKS=4",
        "rank 1 of 2, from SLURM_PROCID and SLURM_STEP_NUM_TASKS"
    )]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=2 SLURM_ARRAY_TASK_MAX=6 SLURM_ARRAY_TASK_STEP=2 SLURM_PROCID=0 SLURM_NTASKS=1",
        "rank 1 of 3, from SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT"
    )]
    // The tasks of a job of the array count only with srun.
    [InlineData(
        "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=1 SLURM_ARRAY_TASK_STEP=1 SLURM_PROCID=0 SLURM_NTASKS=4",
        "rank 1 of 2, from SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT"
    )]
    // A batch script of one task, a shell of salloc, and the interactive step of newer Slurms.
    [InlineData("SLURM_JOB_ID=7 SLURM_PROCID=0 SLURM_NTASKS=1", "a single process")]
    [InlineData("SLURM_JOB_ID=7 SLURM_NTASKS=4", "a single process")]
    [InlineData("SLURM_STEP_ID=4294967290 SLURM_NTASKS=4", "a single process")]
    public void Launchers(string environment, string expected) =>
        Assert.Equal(expected, Rank.Detect(Variables(environment)).ToString());

    [Theory]
    [InlineData("RANK=7 WORLD_SIZE=8", 1, 3, "rank 1 of 3, from --rank and --world")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4", 0, 1, "rank 0 of 1, from --rank and --world")]
    [InlineData("JOB_COMPLETION_INDEX=3", null, 64, "rank 3 of 64, from JOB_COMPLETION_INDEX and --world")]
    [InlineData("RANK=7 WORLD_SIZE=8", null, 8, "rank 7 of 8, from RANK and WORLD_SIZE")]
    [InlineData("", null, 1, "a single process")]
    public void Told(string environment, int? rank, int? world, string expected) =>
        Assert.Equal(expected, Rank.Detect(Variables(environment), rank, world).ToString());

    [Theory]
    [InlineData("", 1, null, "--rank 1 says nothing without --world, the number of processes.")]
    [InlineData(
        "",
        4,
        4,
        "Rank 4 of 4 (from --rank and --world) is none: ranks count from 0, so that with 4 the last is 3."
    )]
    [InlineData(
        "",
        -1,
        4,
        "Rank -1 of 4 (from --rank and --world) is none: ranks count from 0, so that with 4 the last is 3."
    )]
    [InlineData("", null, 4, "--world 4 says nothing of which process this is, and no launcher does; give --rank too.")]
    // Some write the step as a word.
    [InlineData(
        "SLURM_STEP_ID=batch SLURM_PROCID=0 SLURM_NTASKS=4",
        null,
        null,
        "This Slurm job has 4 tasks, but the batch script itself runs once: start the command with srun, or give --rank 0 --world 1 to do all of it here."
    )]
    [InlineData(
        "RANK=7 WORLD_SIZE=8",
        null,
        4,
        "--world 4 contradicts RANK and WORLD_SIZE, which say 8; give --rank too, or neither."
    )]
    [InlineData(
        "SLURM_PROCID=0 SLURM_NTASKS=4",
        null,
        null,
        "This Slurm job has 4 tasks, but the batch script itself runs once: start the command with srun, or give --rank 0 --world 1 to do all of it here."
    )]
    // Newer Slurms give the batch script a step number of its own.
    [InlineData(
        "SLURM_STEP_ID=4294967291 SLURM_PROCID=0 SLURM_NTASKS=4",
        null,
        null,
        "This Slurm job has 4 tasks, but the batch script itself runs once: start the command with srun, or give --rank 0 --world 1 to do all of it here."
    )]
    [InlineData(
        "JOB_COMPLETION_INDEX=3",
        null,
        null,
        "JOB_COMPLETION_INDEX is 3, but a pod isn't told of how many: give --world, the Job's number of completions."
    )]
    [InlineData(
        "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 RANK=3 WORLD_SIZE=8",
        null,
        null,
        "OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE say 0 of 2, but RANK and WORLD_SIZE say 3 of 8; give --rank and --world."
    )]
    [InlineData("RANK=x WORLD_SIZE=8", null, null, "RANK is 'x', where a whole number from 0 was expected.")]
    [InlineData(
        "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 RANK=x WORLD_SIZE=8",
        null,
        null,
        "RANK is 'x', where a whole number from 0 was expected."
    )]
    [InlineData("RANK=-1 WORLD_SIZE=8", null, null, "RANK is '-1', where a whole number from 0 was expected.")]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=6 SLURM_ARRAY_TASK_STEP=1",
        null,
        null,
        "The Slurm array has 3 tasks from 1 to 6 in steps of 1, of which 5 can't be placed: give an array without gaps, such as --array=0-2, or --rank and --world."
    )]
    public void Refused(string environment, int? rank, int? world, string message) =>
        Assert.Equal(
            message,
            Assert.Throws<LauncherException>(() => Rank.Detect(Variables(environment), rank, world)).Message
        );

    [Fact]
    public void AnArrayOfStepsIsWarnedOf()
    {
        Rank rank = Rank.Detect(
            Variables(
                "SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_STEP=1"
            )
        );
        Assert.Equal((0, 1), (rank.Index, rank.World));
        Assert.Equal(
            "each task of the Slurm array has a step of its own and does the whole work; without srun the array's tasks share it",
            rank.Warning
        );
        Assert.Null(Rank.Detect(Variables("SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=1")).Warning);
    }

    [Fact]
    public void EachUnitHasOneOwner()
    {
        for (int world = 1; world <= 9; world++)
        {
            Rank[] ranks = [.. Enumerable.Range(0, world).Select(i => new Rank(i, world, "a test"))];
            Assert.All(Enumerable.Range(0, 40), unit => Assert.Single(ranks, rank => rank.Owns(unit)));
        }
    }

    private static Func<string, string?> Variables(string environment)
    {
        var values = environment
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return values.GetValueOrDefault;
    }
}
