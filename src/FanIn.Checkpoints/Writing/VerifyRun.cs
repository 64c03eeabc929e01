using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>One verification: pieces of tensors, taken by threads in order.</summary>
/// <param name="folder">The checkpoint.</param>
/// <param name="record">What it should be.</param>
/// <param name="recordSum">The SHA-256 of the record's file.</param>
/// <param name="options">All or a sample, threads, progress.</param>
internal sealed class VerifyRun(
    string folder,
    CheckpointRecord record,
    string recordSum,
    CheckpointVerifierOptions options
)
{
    private readonly CheckpointFolder _folder = new(folder);
    private readonly Lock _lock = new();
    private readonly Dictionary<(int File, int Tensor), ValueDifference> _differences = [];
    private readonly List<string> _faults = [];
    private readonly List<(SafetensorsFile File, SafetensorsTensor Tensor, string Hash)> _hashed = [];
    private readonly List<(SafetensorsFile File, SafetensorsTensor Tensor)> _copies = [];
    private long _done;
    private long _total;
    private long _compared;

    private sealed record Item(
        int File,
        int Index,
        SafetensorsFile Reader,
        SafetensorsTensor Tensor,
        TensorBytes Values
    )
    {
        private bool IsWhole => Tensor.Type.Bits() % 8 == 0;

        /// <summary>The bytes that are compared as one: an element's, of elements below a byte that byte.</summary>
        public int Width => IsWhole ? Tensor.Type.Bits() / 8 : 1;

        /// <summary>How many of these there are.</summary>
        public long Count => IsWhole ? Tensor.Count : Tensor.ByteCount;

        /// <summary>The element that begins at one of these, or the next.</summary>
        public long ElementAt(long index) => IsWhole ? index : index * 8 / Tensor.Type.Bits();
    }

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public VerifyResult Run(CancellationToken cancellation)
    {
        Plan plan = record.ReadPlan();
        var rows = plan.Rows.ToDictionary(row => row.Parameter.Name, StringComparer.Ordinal);
        RecordFiles expected = RecordFiles.Of(record);
        CopiedSums? sums = expected.HoldsAll ? null : SumsOfPlan();
        List<SafetensorsFile> files = [];
        try
        {
            List<Item> items = [];
            foreach ((int i, (string name, long bytes)) in expected.Files.Index())
            {
                if (Open(name, bytes) is { } file)
                {
                    files.Add(file);
                    Collect(items, i, name, file, rows, expected);
                }
            }
            if (VerifiedIndex.Fault(_folder, expected, files) is { } fault)
            {
                _faults.Add(fault);
            }
            CompareHashes(cancellation);
            bool areSummed = sums is not null && options.Sample is null;
            _total = areSummed ? _copies.Sum(copy => copy.Tensor.ByteCount) : 0;
            Compare(items, cancellation);
            if (sums is not null)
            {
                CheckSums(sums, files, areSummed, cancellation);
            }
            return new(
                [.. _differences.OrderBy(pair => pair.Key).Select(pair => pair.Value)],
                [.. _faults],
                _compared,
                areSummed ? 0 : _copies.Count
            );
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private SafetensorsFile? Open(string name, long bytes)
    {
        try
        {
            long found = _folder.LengthOf(name);
            if (found != bytes)
            {
                _faults.Add($"'{Path.Combine(folder, name)}' has {found} bytes; by the plan it has {bytes}.");
                return null;
            }
            return _folder.Open(name);
        }
        catch (SafetensorsException e)
        {
            _faults.Add(e.Message);
            return null;
        }
    }

    private void Collect(
        List<Item> items,
        int index,
        string name,
        SafetensorsFile file,
        Dictionary<string, PlanRow> rows,
        RecordFiles expected
    )
    {
        if (record.Metadata is { } metadata && !IsSame(metadata, file.Header.Metadata))
        {
            _faults.Add($"'{file.Path}' has other metadata than by the plan.");
        }
        var missing = expected.TensorsOf(name).ToHashSet(StringComparer.Ordinal);
        foreach ((int i, SafetensorsTensor tensor) in file.Header.Tensors.Index())
        {
            if (!missing.Remove(tensor.Name))
            {
                if (!expected.HoldsAll)
                {
                    _copies.Add((file, tensor));
                    continue;
                }
                _faults.Add($"'{file.Path}' has a tensor '{tensor.Name}', which isn't there by the plan.");
                continue;
            }
            TensorBytes? values = null;
            string type = "";
            ImmutableArray<long> shape = [];
            if (rows.TryGetValue(tensor.Name, out PlanRow? row))
            {
                if (row.IsKept)
                {
                    _copies.Add((file, tensor));
                    continue;
                }
                (type, shape) = (row.Parameter.ElementType.ToSafetensorsType().Name(), row.Parameter.Tensor.Shape);
                if (type == tensor.Type.Name() && shape.SequenceEqual(tensor.Shape))
                {
                    values = PlannedBytes.Of(row, record.Seed, tensor);
                }
            }
            else if (expected.Buffers.TryGetValue(tensor.Name, out CheckpointBuffer? buffer))
            {
                (type, shape) = (buffer.Type.Name(), buffer.Shape);
                if (buffer.Type == tensor.Type && shape.SequenceEqual(tensor.Shape))
                {
                    values = BufferBytes.Of(buffer, tensor.ByteCount);
                }
                if (values is not null && expected.Hashes.TryGetValue(tensor.Name, out string? hash))
                {
                    _hashed.Add((file, tensor, hash));
                    continue;
                }
            }
            if (values is null)
            {
                _faults.Add(
                    $"'{file.Path}' has '{tensor.Name}' as {tensor.Type.Name()} [{string.Join(", ", tensor.Shape)}]; by the plan it is {type} [{string.Join(", ", shape)}]."
                );
                continue;
            }
            items.Add(new(index, i, file, tensor, values));
        }
        foreach (string tensor in missing.Order(StringComparer.Ordinal))
        {
            _faults.Add($"'{file.Path}' has no tensor '{tensor}', which is there by the plan.");
        }
    }

    /// <summary>The sums that lie beside the copy, unless they are another's.</summary>
    private CopiedSums? SumsOfPlan()
    {
        CopiedSums? sums = CopiedSums.In(folder);
        if (sums is null || sums.Plan == recordSum)
        {
            return sums;
        }
        _faults.Add(
            $"'{Path.Combine(folder, CopiedSums.FileName)}' is of another plan than {CheckpointRecord.FileName} beside it, so the copied tensors can't be compared; the init command takes the sums anew."
        );
        return null;
    }

    /// <summary>Copied tensors and headers against the sums of their source.</summary>
    private void CheckSums(CopiedSums sums, List<SafetensorsFile> files, bool areSummed, CancellationToken cancellation)
    {
        foreach (SafetensorsFile file in files)
        {
            if (sums.Headers.GetValueOrDefault(Path.GetFileName(file.Path)) != CopiedSums.Of(file.Header))
            {
                _faults.Add($"'{file.Path}' has another header than the file that it was copied from.");
            }
        }
        foreach ((SafetensorsFile file, SafetensorsTensor tensor) in _copies)
        {
            if (!sums.Tensors.ContainsKey(tensor.Name))
            {
                _faults.Add($"'{file.Path}' has a tensor '{tensor.Name}', which isn't there by the plan.");
            }
        }
        if (!areSummed)
        {
            return;
        }
        Dictionary<string, string> found = CopiedSums.Of(
            _copies,
            options.Threads,
            (file, bytes) =>
            {
                lock (_lock)
                {
                    _done += bytes;
                    options.Progress?.Invoke(new(_done, _total, Path.GetFileName(file.Path)));
                }
            },
            cancellation
        );
        foreach ((SafetensorsFile file, SafetensorsTensor tensor) in _copies)
        {
            _compared += tensor.Count;
            if (sums.Tensors.TryGetValue(tensor.Name, out string? sum) && sum != found[tensor.Name])
            {
                _faults.Add(
                    $"'{file.Path}' has other values in '{tensor.Name}' than the tensor that it was copied from: SHA-256 {found[tensor.Name][..16]}..., not {sum[..16]}..."
                );
            }
        }
    }

    private static bool IsSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string>? other) =>
        one.Count == (other?.Count ?? 0)
        && one.All(pair => other!.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    /// <summary>What is no function of the plan, and known by its hash: always as a whole, since it is small.</summary>
    private void CompareHashes(CancellationToken cancellation)
    {
        byte[] piece = new byte[1 << 20];
        foreach ((SafetensorsFile file, SafetensorsTensor tensor, string expected) in _hashed)
        {
            var hash = new Sha256();
            for (long at = 0; at < tensor.ByteCount; at += piece.Length)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, tensor.ByteCount - at));
                file.ReadBytes(tensor.Name, part, at);
                hash.Append(part);
            }
            _compared += tensor.Count;
            if (Convert.ToHexStringLower(hash.Finish()) != expected)
            {
                _faults.Add(
                    $"'{file.Path}' has other values in '{tensor.Name}' than the model has that the checkpoint was made from."
                );
            }
        }
    }

    private void Compare(List<Item> items, CancellationToken cancellation)
    {
        foreach (Item item in items)
        {
            long bytes = CheckpointVerifier
                .RunsOf(item.Count, options.Sample)
                .Sum(run => (run.End - run.Begin) * item.Width);
            _total += bytes;
            item.Values.Expect(bytes);
        }
        try
        {
            Parallel.ForEach(
                items.SelectMany(item =>
                    CheckpointVerifier
                        .RunsOf(item.Count, options.Sample)
                        .Select(run => (Item: item, run.Begin, run.End))
                ),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = options.Threads == 0 ? Environment.ProcessorCount : options.Threads,
                    CancellationToken = cancellation,
                },
                () => (Expected: Array.Empty<byte>(), Found: Array.Empty<byte>()),
                (piece, _, buffers) =>
                {
                    int width = piece.Item.Width;
                    int length = (int)(piece.End - piece.Begin) * width;
                    if (buffers.Expected.Length < length)
                    {
                        buffers = (new byte[length], new byte[length]);
                    }
                    Span<byte> expected = buffers.Expected.AsSpan(0, length);
                    Span<byte> found = buffers.Found.AsSpan(0, length);
                    piece.Item.Values.Fill(expected, piece.Begin * width);
                    piece.Item.Reader.ReadBytes(piece.Item.Tensor.Name, found, piece.Begin * width);
                    if (!expected.SequenceEqual(found))
                    {
                        Note(piece.Item, piece.Begin, expected, found);
                    }
                    Advance(piece.Item, length, piece.Item.ElementAt(piece.End) - piece.Item.ElementAt(piece.Begin));
                    return buffers;
                },
                _ => { }
            );
        }
        catch (AggregateException e)
        {
            // What each of the threads found is the same to a person.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        finally
        {
            items.ForEach(item => item.Values.Release());
        }
    }

    private void Note(Item item, long begin, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found)
    {
        int width = item.Width;
        (long first, long count) = (-1, 0);
        for (int i = 0; i < expected.Length; i += width)
        {
            if (!expected.Slice(i, width).SequenceEqual(found.Slice(i, width)))
            {
                first = count++ == 0 ? i / width : first;
            }
        }
        int at = (int)first * width;
        long element = item.ElementAt(begin + first);
        lock (_lock)
        {
            ValueDifference? before = _differences.GetValueOrDefault((item.File, item.Index));
            _differences[(item.File, item.Index)] =
                before is not null && before.Index < element
                    ? before with
                    {
                        Count = before.Count + count,
                    }
                    : new(
                        Path.GetFileName(item.Reader.Path),
                        item.Tensor.Name,
                        element,
                        ShownElement.Of(item.Tensor.Type, expected.Slice(at, width)),
                        ShownElement.Of(item.Tensor.Type, found.Slice(at, width)),
                        count + (before?.Count ?? 0)
                    );
        }
    }

    private void Advance(Item item, int bytes, long elements)
    {
        lock (_lock)
        {
            _done += bytes;
            _compared += elements;
            options.Progress?.Invoke(new(_done, _total, Path.GetFileName(item.Reader.Path)));
        }
    }
}
