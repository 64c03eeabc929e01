using System.Security.Cryptography;
using System.Text;

namespace FanIn.Checkpoints.Tests;

/// <summary>Models of a few megabytes, with every kind of tensor there is.</summary>
internal static class SmallModels
{
    /// <summary>Tables, transposed and packed matrices: about 26 MB in float32.</summary>
    public const string Gpt2 =
        """{"model_type": "gpt2", "n_embd": 240, "n_layer": 3, "n_head": 4, "vocab_size": 18001, "n_positions": 128}""";

    /// <summary>A padding row, norms: about 11 MB in bfloat16.</summary>
    public const string Llama =
        """{"model_type": "llama", "hidden_size": 256, "intermediate_size": 700, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 6000, "pad_token_id": 3, "torch_dtype": "bfloat16"}""";

    public static CheckpointPlan PlanOf(
        string config,
        long maxShardSize = ShardMap.DefaultMaxShardSize,
        string? recipe = null,
        ElementType? type = null
    ) =>
        CheckpointPlan.Of(
            CheckpointModel.FromConfig(config, type),
            recipe is null ? null : Recipe.Parse(recipe),
            maxShardSize
        );

    public static CheckpointValues ValuesOf(CheckpointPlan plan, Seed seed) =>
        CheckpointValues.Create(plan.Plan, plan.Model.Buffers, plan.Shards.Shards, seed);

    /// <summary>A writer whose checkpoint can be verified.</summary>
    public static CheckpointWriter RecordingWriterOf(CheckpointPlan plan, Seed seed) =>
        new(
            ValuesOf(plan, seed),
            [
                new CheckpointRecord
                {
                    Version = "1.0",
                    Seed = seed,
                    Source = "config.json",
                    PlanJson = plan.ToJson(),
                }.ToDocument(),
            ],
            plan.Shards.Index is { } index
                ? [new(SafetensorsIndex.FileName, Encoding.UTF8.GetBytes(index.ToJson()))]
                : []
        );

    public static CheckpointWriter WriterOf(CheckpointPlan plan, Seed seed) =>
        new(
            ValuesOf(plan, seed),
            [new("whose.json", Encoding.UTF8.GetBytes($"{seed} {plan.ToJson()}"))],
            plan.Shards.Index is { } index
                ? [new(SafetensorsIndex.FileName, Encoding.UTF8.GetBytes(index.ToJson()))]
                : []
        );

    /// <summary>Writes, unless the test is cancelled.</summary>
    public static WriteResult WriteTo(
        this CheckpointWriter writer,
        string folder,
        CheckpointWriterOptions? options = null
    ) => writer.Write(folder, options, TestContext.Current.CancellationToken);

    /// <summary>Of all names and bytes in a folder, hidden ones too: what is left over counts.</summary>
    public static string HashOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file) + "\n"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
