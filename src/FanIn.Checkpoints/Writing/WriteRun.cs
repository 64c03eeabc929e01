using System.Runtime.ExceptionServices;

namespace FanIn.Checkpoints;

/// <summary>
/// One process's writing: threads take chunk after chunk of its ranges in order, work it out and write it. A few more
/// threads than work values out at a time, so that cores and disk are busy at once.
/// </summary>
internal sealed class WriteRun : IDisposable
{
    // What the disk gets is still in a core's reach then: with 8 MB two cores take a quarter longer for transposed tensors
    // (bench/FanIn.Writing).
    private const int ChunkBytes = 1 << 20;

    // Threads that write while others work values out: a disk with fewer tasks stands still between them.
    private const int Writers = 4;

    private readonly CheckpointValues _values;
    private readonly string _folder;
    private readonly Func<Shard, string> _keyOf;
    private readonly Action<FileBytes> _confirm;
    private readonly CheckpointWriterOptions _options;
    private readonly Segment[] _segments;
    private readonly int _threads;
    private readonly long _total;
    private readonly SemaphoreSlim _working;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _notices = [];
    private readonly CancellationTokenSource _stop = new();

    private int _next;
    private long _written;
    private long _kept;
    private ExceptionDispatchInfo? _fault;

    public WriteRun(
        CheckpointValues values,
        string folder,
        Func<Shard, string> keyOf,
        Action<FileBytes> confirm,
        FileRange[] ranges,
        CheckpointWriterOptions options
    )
    {
        (_values, _folder, _keyOf, _confirm, _options) = (values, folder, keyOf, confirm, options);
        _segments = [.. ranges.Select(range => new Segment(values.Files[range.File], range))];
        _total = ranges.Sum(range => range.Length);
        _threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        _working = new(_threads);
    }

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public WriteResult Run(CancellationToken cancellation)
    {
        foreach (Segment segment in _segments)
        {
            segment.IsKept = FileTarget.IsThere(PathOf(segment), segment.File.Length);
            if (segment.IsKept)
            {
                Leftovers.RemoveOf(PathOf(segment));
                Advance(segment, segment.Range.Length, ref _kept);
            }
            else
            {
                segment.File.Expect(segment.Range.Begin, segment.Range.End);
            }
        }
        using (cancellation.Register(_stop.Cancel))
        {
            Thread[] threads =
            [
                .. Enumerable
                    .Range(0, (int)Math.Min(_threads + Writers, (_total / ChunkBytes) + 1 + _segments.Length))
                    .Select(_ => new Thread(Work) { IsBackground = true, Name = "checkpoint" }),
            ];
            foreach (Thread thread in threads)
            {
                thread.Start();
            }
            foreach (Thread thread in threads)
            {
                thread.Join();
            }
        }
        // Whoever is the last at a file takes away what all have left: nobody begins anew once it is in its place.
        foreach (Segment segment in _segments)
        {
            segment.Target?.Dispose();
            RemoveLeftovers(segment);
        }
        _fault?.Throw();
        cancellation.ThrowIfCancellationRequested();
        return new(_written, _kept, false);
    }

    public void Dispose()
    {
        foreach (Segment segment in _segments)
        {
            segment.Target?.Dispose();
            segment.File.Release();
        }
        _working.Dispose();
        _stop.Dispose();
    }

    private string PathOf(Segment segment) => Path.Combine(_folder, segment.File.Shard.FileName);

    private void Work()
    {
        try
        {
            using var buffer = new AlignedBuffer(ChunkBytes);
            while (Take() is { } chunk)
            {
                Write(chunk, buffer);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The one who asked for it, or the first fault, has the word.
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(e), null);
            _stop.Cancel();
        }
    }

    /// <summary>The next chunk; where it is a range's first, the range's file is opened.</summary>
    private (Segment Segment, long Begin, int Length)? Take()
    {
        lock (_lock)
        {
            while (_next < _segments.Length)
            {
                _stop.Token.ThrowIfCancellationRequested();
                Segment segment = _segments[_next];
                if (!segment.IsKept && segment.Target is null && !segment.IsTaken)
                {
                    Open(segment);
                }
                if (segment.IsKept || segment.IsTaken)
                {
                    _next++;
                    continue;
                }
                long begin = segment.Taken;
                int length = (int)Math.Min(ChunkBytes, segment.Range.End - begin);
                segment.Taken += length;
                return (segment, begin, length);
            }
            return null;
        }
    }

    /// <summary>Where the file is in its place by now, others were quicker: the range is kept.</summary>
    private void Open(Segment segment)
    {
        try
        {
            segment.IsKept = !TryOpen(segment);
        }
        catch (IOException e) when (LinuxFile.IsGone(e) && FileTarget.IsThere(PathOf(segment), segment.File.Length))
        {
            segment.IsKept = true;
        }
        if (segment.IsKept)
        {
            Advance(segment, segment.Range.Length, ref _kept);
        }
        else if (segment.Target!.File.WhyNotDirect is { } why)
        {
            Notice($"written through the page cache, which is slower: {why}");
        }
    }

    /// <summary>False where nothing is left to write.</summary>
    private bool TryOpen(Segment segment)
    {
        string path = PathOf(segment);
        FileRange range = segment.Range;
        Action confirm = () => _confirm(segment.File);
        if (range.Length == segment.File.Length)
        {
            segment.Target = WholeTarget.Create(path, segment.File.Length, _options.Direct, confirm);
            return true;
        }
        var shared = SharedTarget.Open(
            path,
            _keyOf(segment.File.Shard),
            segment.File.Length,
            range,
            _options.Direct,
            confirm
        );
        segment.Target = shared;
        if (shared is null)
        {
            return false;
        }
        if (!shared.IsCovered)
        {
            return true;
        }
        shared.Publish();
        return false;
    }

    private void Write((Segment Segment, long Begin, int Length) chunk, AlignedBuffer buffer)
    {
        (Segment segment, long begin, int length) = chunk;
        Span<byte> bytes = buffer.Span[..length];
        _working.Wait(_stop.Token);
        try
        {
            segment.File.Fill(bytes, begin);
        }
        finally
        {
            _working.Release();
        }
        _stop.Token.ThrowIfCancellationRequested();
        BlockFile file = segment.Target!.File;
        file.Write(bytes, begin);
        file.Release(begin, length);
        Advance(segment, length, ref _written);
        if (Interlocked.Add(ref segment.Done, length) == segment.Range.Length)
        {
            Finish(segment);
        }
    }

    private void Finish(Segment segment)
    {
        if (segment.Target!.File.WhyNotDirect is { } why)
        {
            Notice($"written through the page cache, which is slower: {why}");
        }
        segment.Target.Complete();
        segment.Target.Dispose();
        RemoveLeftovers(segment);
    }

    /// <summary>Once the file is in its place; until then they may be somebody's work.</summary>
    private void RemoveLeftovers(Segment segment)
    {
        if (FileTarget.IsThere(PathOf(segment), segment.File.Length))
        {
            Leftovers.RemoveOf(PathOf(segment));
        }
    }

    private void Advance(Segment segment, long bytes, ref long counter)
    {
        lock (_notices)
        {
            counter += bytes;
            _options.Progress?.Invoke(new(_written + _kept, _total, segment.File.Shard.FileName));
        }
    }

    private void Notice(string sentence)
    {
        lock (_notices)
        {
            if (_notices.Add(sentence))
            {
                _options.Notice?.Invoke(sentence);
            }
        }
    }

    private sealed class Segment(FileBytes file, FileRange range)
    {
        /// <summary>Bytes that are written.</summary>
        public long Done;

        public FileBytes File { get; } = file;

        public FileRange Range { get; } = range;

        public FileTarget? Target { get; set; }

        /// <summary>True where nothing is left to write.</summary>
        public bool IsKept { get; set; }

        /// <summary>How far threads have taken chunks of it.</summary>
        public long Taken { get; set; } = range.Begin;

        public bool IsTaken => Taken >= Range.End;
    }
}
