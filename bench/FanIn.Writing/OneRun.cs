using System.Diagnostics;
using System.Globalization;
using System.Text;
using FanIn.Checkpoints;

namespace FanIn.Writing;

/// <summary>One checkpoint written by a process of its own, so that its peak memory is its own.</summary>
internal static class OneRun
{
    public static string[] Models { get; } = ["llama", "gpt2"];

    /// <summary>The layers that make about 495 million parameters.</summary>
    public static int LayersOf(string model) => model == "llama" ? 19 : 22;

    public static string Config(string model, int layers) =>
        model == "llama"
            ? $$"""{"model_type": "llama", "hidden_size": 1280, "intermediate_size": 4096, "num_hidden_layers": {{layers}}, "num_attention_heads": 20, "vocab_size": 28900, "torch_dtype": "float32"}"""
            : $$"""{"model_type": "gpt2", "n_embd": 1280, "n_layer": {{layers}}, "n_head": 20, "vocab_size": 47500, "n_positions": 1024, "torch_dtype": "float32"}""";

    public static CheckpointPlan Plan(string model, int layers) =>
        CheckpointPlan.Of(CheckpointModel.FromConfig(Config(model, layers)));

    /// <summary>Prints seconds, bytes written and the peak of resident memory in KB.</summary>
    public static int Execute(string what, string model, string folder, int layers, int world)
    {
        CheckpointPlan plan = Plan(model, layers);
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
