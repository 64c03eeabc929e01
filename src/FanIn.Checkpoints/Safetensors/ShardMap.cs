using System.Collections.Immutable;
using System.Globalization;

namespace FanIn.Checkpoints;

/// <summary>
/// Which tensor of a model goes into which file of a checkpoint, and how every file begins: names, headers and lengths to the
/// byte, before a single value is there. A pure function of the tensors and the rule, so that any number of machines agree on
/// it without a word.
/// </summary>
/// <remarks>
/// Names and sizes as in published checkpoints: <c>model.safetensors</c>, or <c>model-00001-of-00002.safetensors</c> and so on
/// with <c>model.safetensors.index.json</c>. Sources: see <see cref="ShardRule"/>.
/// </remarks>
public sealed class ShardMap
{
    /// <summary>What huggingface_hub and transformers 4 let a file grow to, in bytes of tensors: 5 GB of 10^9 bytes.</summary>
    public const long DefaultMaxShardSize = 5_000_000_000;

    /// <summary>The name of a checkpoint's only file.</summary>
    public const string SingleFileName = "model.safetensors";

    private readonly Dictionary<string, Shard> _byTensor = new(StringComparer.Ordinal);

    private ShardMap(ImmutableArray<Shard> shards)
    {
        Shards = shards;
        foreach (Shard shard in shards)
        {
            TotalSize += shard.Header.DataLength;
            foreach (SafetensorsTensor tensor in shard.Header.Tensors)
            {
                _byTensor.Add(tensor.Name, shard);
            }
        }
        Index =
            shards.Length == 1
                ? null
                : new(_byTensor.ToDictionary(pair => pair.Key, pair => pair.Value.FileName)) { TotalSize = TotalSize };
    }

    /// <summary>The files, in order of their numbers; never none.</summary>
    public ImmutableArray<Shard> Shards { get; }

    /// <summary>The bytes of all tensors, without headers: what the index calls <c>total_size</c>.</summary>
    public long TotalSize { get; }

    /// <summary>The index that lies beside the files; null where there is only one.</summary>
    public SafetensorsIndex? Index { get; }

    /// <summary>The file that a tensor goes into.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public Shard ShardOf(string tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return _byTensor.TryGetValue(tensor, out Shard? shard)
            ? shard
            : throw new KeyNotFoundException($"There is no tensor {Quoted.Text(tensor)} among the {_byTensor.Count}.");
    }

    /// <summary>
    /// The same files with longer headers, so that their data begin at a multiple of so many bytes: spaces behind the text,
    /// which every reader passes over.
    /// </summary>
    /// <param name="alignment">A multiple of 8: 4096 for blocks of disks and pages of memory.</param>
    public ShardMap Aligned(int alignment)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(alignment, 8);
        ArgumentOutOfRangeException.ThrowIfNotEqual(alignment % 8, 0, nameof(alignment));
        return new([.. Shards.Select(shard => shard with { Header = shard.Header.Padded(alignment) })]);
    }

    /// <summary>Splits tensors into files.</summary>
    /// <param name="tensors">
    /// All tensors in the model's order, which is that of its modules and not alphabetical: the split depends on it. Tied
    /// ones once.
    /// </param>
    /// <param name="maxShardSize">The most bytes of tensors in a file, but for a single one that is larger; see <see cref="ByteSize"/>.</param>
    /// <param name="rule">Matters only where a tensor is larger than that.</param>
    /// <param name="metadata">For every file; null for what Hugging Face's libraries write, <see cref="SafetensorsHeader.PyTorchMetadata"/>.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or the sizes make no file.</exception>
    public static ShardMap Of(
        IEnumerable<SafetensorsTensor> tensors,
        long maxShardSize = DefaultMaxShardSize,
        ShardRule rule = ShardRule.Hub,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShardSize, 1);
        SafetensorsTensor[] all = [.. tensors];
        CheckNames(all);
        List<List<SafetensorsTensor>> groups = rule switch
        {
            ShardRule.Hub => ByHub(all, maxShardSize),
            ShardRule.Transformers4 => ByTransformers4(all, maxShardSize),
            _ => throw new ArgumentOutOfRangeException(
                nameof(rule),
                rule,
                $"{rule} is no rule; there are Hub and Transformers4."
            ),
        };
        if (groups.Count == 0)
        {
            groups.Add([]);
        }
        return new([
            .. groups.Select(
                (group, i) =>
                    new Shard(
                        groups.Count == 1 ? SingleFileName : FileName(i + 1, groups.Count),
                        SafetensorsHeader.Create(group, metadata ?? SafetensorsHeader.PyTorchMetadata)
                    )
            ),
        ]);
    }

    /// <summary>The name of one of several files: <c>model-00001-of-00002.safetensors</c>.</summary>
    /// <param name="number">From 1 on.</param>
    /// <param name="count">How many there are.</param>
    public static string FileName(int number, int count) => $"model-{number:D5}-of-{count:D5}.safetensors";

    /// <summary>Of how many files this one is, by its name: 2 of <c>model-00001-of-00002.safetensors</c>; else 1.</summary>
    internal static int CountBy(string fileName)
    {
        string stem = Path.GetFileNameWithoutExtension(fileName);
        int of = stem.LastIndexOf("-of-", StringComparison.Ordinal);
        return
            of >= 0 && int.TryParse(stem.AsSpan(of + 4), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? Math.Max(1, count)
            : 1;
    }

    /// <summary>Each file's header sees its own tensors only.</summary>
    private static void CheckNames(SafetensorsTensor[] tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SafetensorsTensor? tensor in tensors)
        {
            ArgumentNullException.ThrowIfNull(tensor, nameof(tensors));
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException(
                    $"Two tensors are called {Quoted.Text(tensor.Name)}; each needs a name of its own.",
                    nameof(tensors)
                );
            }
        }
    }

    private static List<List<SafetensorsTensor>> ByHub(SafetensorsTensor[] tensors, long limit)
    {
        List<List<SafetensorsTensor>> shards = [];
        List<SafetensorsTensor> current = [];
        long size = 0;
        foreach (SafetensorsTensor tensor in tensors)
        {
            if (tensor.ByteCount > limit)
            {
                shards.Add([tensor]);
                continue;
            }
            if (size > limit - tensor.ByteCount)
            {
                shards.Add(current);
                (current, size) = ([], 0);
            }
            current.Add(tensor);
            size += tensor.ByteCount;
        }
        if (current.Count > 0)
        {
            shards.Add(current);
        }
        return shards;
    }

    private static List<List<SafetensorsTensor>> ByTransformers4(SafetensorsTensor[] tensors, long limit)
    {
        List<List<SafetensorsTensor>> shards = [];
        long size = 0;
        foreach (SafetensorsTensor tensor in tensors)
        {
            if (shards.Count == 0 || size > limit - tensor.ByteCount)
            {
                shards.Add([]);
                size = 0;
            }
            shards[^1].Add(tensor);
            size += tensor.ByteCount;
        }
        return shards;
    }
}
