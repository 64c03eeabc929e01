using System.Diagnostics;
using System.Globalization;
using System.Text;
using FanIn.Checkpoints;

namespace FanIn.Writing;

/// <summary>One checkpoint written by a process of its own, so that its peak memory is its own.</summary>
internal static class OneRun
{
    /// <summary>GPT-2's layers of width 1280: 495 million parameters with 22 of them.</summary>
    public static CheckpointPlan Plan(int layers) =>
        CheckpointPlan.Of(
            CheckpointModel.FromConfig(
                $$"""{"model_type": "gpt2", "n_embd": 1280, "n_layer": {{layers}}, "n_head": 20, "vocab_size": 47500, "n_positions": 1024}"""
            )
        );

    /// <summary>Prints seconds, bytes written and the peak of resident memory in KB.</summary>
    public static int Execute(string what, string folder, int layers, int world)
    {
        CheckpointPlan plan = Plan(layers);
        long start = Stopwatch.GetTimestamp();
        CheckpointValues values =
            what == "constant"
                ? new([.. plan.Shards.Shards.Select(shard => new FileBytes(shard, tensor => new NoBytes(tensor)))])
                : CheckpointValues.Create(plan.Plan, plan.Model.Buffers, plan.Shards.Shards, 1);
        WriteResult result = new CheckpointWriter(values, [], []).Write(
            folder,
            new() { Rank = new(0, world, "the benchmark") }
        );
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string peak = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]
            : "0";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {result.Written} {peak}"));
        return 0;
    }

    /// <summary>Whatever the buffer holds.</summary>
    private sealed class NoBytes(SafetensorsTensor tensor) : TensorBytes(tensor.ByteCount)
    {
        public override void Fill(Span<byte> destination, long start) { }
    }
}
