namespace FanIn.Checkpoints;

/// <summary>The bytes of one file of a checkpoint: any of them, without the others, on any thread.</summary>
internal sealed class FileBytes
{
    private readonly TensorBytes[] _tensors;

    /// <param name="shard">The file.</param>
    /// <param name="bytesOf">The bytes of each of its tensors.</param>
    public FileBytes(Shard shard, Func<SafetensorsTensor, TensorBytes> bytesOf)
    {
        Shard = shard;
        _tensors = [.. shard.Header.Tensors.Select(bytesOf)];
    }

    public Shard Shard { get; }

    public long Length => Shard.FileLength;

    /// <summary>The most memory that some of its tensors take beside the chunks, which follow one another.</summary>
    public long WorkingMemory => _tensors.Select(tensor => tensor.WorkingMemory).DefaultIfEmpty().Max();

    /// <summary>Fills the destination with the file's bytes from a position on.</summary>
    public void Fill(Span<byte> destination, long position)
    {
        ReadOnlySpan<byte> header = Shard.Header.Bytes.Span;
        if (position < header.Length)
        {
            int count = (int)Math.Min(header.Length - position, destination.Length);
            header.Slice((int)position, count).CopyTo(destination);
            destination = destination[count..];
            position += count;
        }
        for (int i = TensorAt(position); !destination.IsEmpty; i++)
        {
            SafetensorsTensor tensor = Shard.Header.Tensors[i];
            long start = position - header.Length - tensor.Begin;
            int count = (int)Math.Min(tensor.ByteCount - start, destination.Length);
            if (count > 0)
            {
                _tensors[i].Fill(destination[..count], start);
                destination = destination[count..];
                position += count;
            }
        }
    }

    /// <summary>Says that a range will be asked for, once.</summary>
    public void Expect(long begin, long end)
    {
        foreach ((int index, long count) in Parts(begin, end))
        {
            _tensors[index].Expect(count);
        }
    }

    /// <summary>Gives back what was kept for a range that nobody will ask for any more.</summary>
    public void Release()
    {
        foreach (TensorBytes tensor in _tensors)
        {
            tensor.Release();
        }
    }

    /// <summary>The tensor that a byte of the file belongs to; null in the header.</summary>
    public SafetensorsTensor? Find(long position) =>
        position < Shard.Header.DataStart ? null : Shard.Header.Tensors[TensorAt(position)];

    private IEnumerable<(int Index, long Count)> Parts(long begin, long end)
    {
        (begin, end) = (begin - Shard.Header.DataStart, end - Shard.Header.DataStart);
        for (int i = 0; i < _tensors.Length; i++)
        {
            SafetensorsTensor tensor = Shard.Header.Tensors[i];
            long count = Math.Min(tensor.End, end) - Math.Max(tensor.Begin, begin);
            if (count > 0)
            {
                yield return (i, count);
            }
        }
    }

    /// <summary>The first tensor that ends behind a position.</summary>
    private int TensorAt(long position)
    {
        long at = position - Shard.Header.DataStart;
        (int low, int high) = (0, _tensors.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Shard.Header.Tensors[middle].End <= at ? (middle + 1, high) : (low, middle);
        }
        return low;
    }
}
