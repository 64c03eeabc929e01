using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// Every byte of a checkpoint, as a pure function of a plan, a seed and the files' headers: nothing of it is stored, and any
/// part is worked out without the rest.
/// </summary>
public sealed class CheckpointValues
{
    private readonly ImmutableArray<FileBytes> _files;

    internal CheckpointValues(ImmutableArray<FileBytes> files) => _files = files;

    /// <summary>The files.</summary>
    public ImmutableArray<Shard> Shards => [.. _files.Select(file => file.Shard)];

    /// <summary>
    /// About how much memory values take that can't be worked out piece by piece (<see cref="PlanRow.FillsParts"/>), beside
    /// the chunks that are being written; 0 where there are none.
    /// </summary>
    public long WorkingMemory =>
        // The next one may begin before the last chunk of the one before is written.
        _files.Select(file => file.WorkingMemory).DefaultIfEmpty().Max() * 2;

    internal ImmutableArray<FileBytes> Files => _files;

    /// <summary>Where tensors are copied from; null where all values are worked out.</summary>
    internal Checkpoint? Source { get; private init; }

    /// <summary>The tensors that are copied.</summary>
    internal ImmutableArray<SafetensorsTensor> Copied { get; private init; } = [];

    /// <summary>The checkpoint of a plan.</summary>
    /// <param name="plan">A row for each parameter.</param>
    /// <param name="buffers">What is no parameter: see <see cref="CheckpointModel.Buffers"/>.</param>
    /// <param name="shards">The files, which hold all of these and nothing else: see <see cref="ShardMap.Shards"/>.</param>
    /// <param name="seed">The same for all parameters.</param>
    /// <exception cref="ArgumentException">The files and the plan don't have the same tensors.</exception>
    /// <exception cref="NotSupportedException">
    /// A parameter has no initializer, or one that is fitted to data, or that gives values only to more elements at once than
    /// fit an array. The message is a sentence for the person who chose the rule.
    /// </exception>
    public static CheckpointValues Create(
        Plan plan,
        IEnumerable<CheckpointBuffer> buffers,
        IEnumerable<Shard> shards,
        Seed seed
    ) => Create(plan, buffers, shards, seed, null);

    /// <summary>
    /// A checkpoint of which some tensors get new values and all others, and the files' headers, stay what they are in
    /// another one.
    /// </summary>
    /// <param name="plan">The rows of tensors that get new values; others, and rows that keep their values, are copied.</param>
    /// <param name="source">Is read while values are asked for: it must stay open.</param>
    /// <param name="seed">The same for all parameters.</param>
    /// <exception cref="ArgumentException">The plan has a tensor that the checkpoint doesn't have, or has otherwise.</exception>
    /// <exception cref="NotSupportedException">See the other overload.</exception>
    public static CheckpointValues Replacing(Plan plan, Checkpoint source, Seed seed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(source);
        foreach (PlanRow row in plan.Rows)
        {
            if (!row.IsKept && !source.TryGet(row.Parameter.Name, out _))
            {
                throw new ArgumentException($"The checkpoint has no tensor '{row.Parameter.Name}'.", nameof(plan));
            }
        }
        return Create(
            plan,
            [],
            source.Files.Select(file => new Shard(Path.GetFileName(file.Path), file.Header)),
            seed,
            source
        );
    }

    /// <summary>Fills the destination with a file's bytes, from a position on.</summary>
    /// <param name="file">Which of <see cref="Shards"/>.</param>
    /// <param name="destination">Gets the bytes.</param>
    /// <param name="position">That of the first byte in the file.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such bytes.</exception>
    public void Fill(int file, Span<byte> destination, long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(file);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(file, _files.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, _files[file].Length - destination.Length);
        _files[file].Fill(destination, position);
    }

    private static CheckpointValues Create(
        Plan plan,
        IEnumerable<CheckpointBuffer> buffers,
        IEnumerable<Shard> shards,
        Seed seed,
        Checkpoint? source
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(buffers);
        ArgumentNullException.ThrowIfNull(shards);
        var rows = plan.Rows.ToDictionary(row => row.Parameter.Name, StringComparer.Ordinal);
        var constants = buffers.ToDictionary(buffer => buffer.Name, StringComparer.Ordinal);
        int wanted = rows.Count + constants.Count;
        int found = 0;
        var copied = ImmutableArray.CreateBuilder<SafetensorsTensor>();
        ImmutableArray<FileBytes> files = [.. shards.Select(shard => new FileBytes(shard, Of))];
        return found == wanted || source is not null
            ? new(files) { Source = source, Copied = copied.ToImmutable() }
            : throw new ArgumentException(
                $"The files hold {found} of the {wanted} tensors of plan and buffers.",
                nameof(shards)
            );

        TensorBytes Of(SafetensorsTensor tensor)
        {
            if (rows.TryGetValue(tensor.Name, out PlanRow? row) && (source is null || !row.IsKept))
            {
                found++;
                CheckRow(row, tensor);
                return PlannedBytes.Of(row, seed, tensor);
            }
            if (constants.TryGetValue(tensor.Name, out CheckpointBuffer? buffer))
            {
                found++;
                CheckShape(tensor, buffer.Type, buffer.Shape);
                return BufferBytes.Of(buffer, tensor.ByteCount);
            }
            if (source is null)
            {
                throw new ArgumentException($"The plan has no tensor '{tensor.Name}'.", nameof(plan));
            }
            copied.Add(tensor);
            return new CopiedBytes(source.FileOf(tensor.Name), tensor);
        }
    }

    private static void CheckRow(PlanRow row, SafetensorsTensor tensor)
    {
        if (row.Parts.FirstOrDefault(part => part.Initializer is null) is { } kept)
        {
            throw new NotSupportedException(
                $"'{kept.Key}' keeps its values by its rule, but a new checkpoint has none to keep; give it an initializer."
            );
        }
        CheckShape(tensor, row.Parameter.ElementType.ToSafetensorsType(), row.Parameter.Tensor.Shape);
    }

    private static void CheckShape(SafetensorsTensor tensor, SafetensorsType type, ImmutableArray<long> shape)
    {
        if (tensor.Type != type || !tensor.Shape.SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"'{tensor.Name}' is {type.Name()} [{string.Join(", ", shape)}] in the plan and {tensor.Type.Name()} [{string.Join(", ", tensor.Shape)}] in the file.",
                nameof(tensor)
            );
        }
    }
}
