using FanIn.Checkpoints;
using Microsoft.Win32.SafeHandles;

namespace FanIn.Onnx;

/// <summary>A file that is put together of pieces, from front to back in one small buffer.</summary>
/// <param name="name">Below the folder, with '/' between the names.</param>
/// <param name="pieces">All of its bytes.</param>
internal sealed class NewFile(string name, IReadOnlyList<Piece> pieces)
{
    private const int ChunkBytes = 1 << 22;

    public string Name => name;

    public long Length { get; } = pieces.Sum(piece => piece.Length);

    /// <summary>Where it lies in a folder.</summary>
    public string PathIn(string folder) => Path.Combine([folder, .. name.Split('/')]);

    /// <summary>Writes it under a temporary name, and puts it in its place when all of it is on the disk.</summary>
    /// <returns>False where something came there meanwhile, which stays.</returns>
    /// <exception cref="IOException">There is no room, or the disk failed.</exception>
    public bool Write(string path, Action<int> written, CancellationToken cancellation)
    {
        using AtomicFile file = AtomicFile.Create(path, Length);
        Run(
            (bytes, position) =>
            {
                cancellation.ThrowIfCancellationRequested();
                file.WriteThrough(bytes, position);
                written(bytes.Length);
                return true;
            }
        );
        try
        {
            return file.TryCommitNew();
        }
        catch (FileNotFoundException) when (File.Exists(path))
        {
            // Another attempt was first, and took the leftovers of all others away.
            return false;
        }
    }

    /// <summary>Compares it with a file that is there.</summary>
    /// <returns>Where that one differs first; -1 where it doesn't.</returns>
    public long Difference(string path, CancellationToken cancellation)
    {
        using SafeFileHandle there = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        byte[] buffer = new byte[ChunkBytes];
        long at = -1;
        Run(
            (bytes, position) =>
            {
                cancellation.ThrowIfCancellationRequested();
                int read = 0;
                int count;
                while (
                    (count = RandomAccess.Read(there, buffer.AsSpan(read, bytes.Length - read), position + read)) > 0
                )
                {
                    read += count;
                }
                int same = bytes.CommonPrefixLength(buffer.AsSpan(0, read));
                at = same == bytes.Length ? -1 : position + same;
                return at < 0;
            }
        );
        return at >= 0 || RandomAccess.GetLength(there) == Length ? at : Length;
    }

    /// <summary>Takes a run of bytes at a position of the file; false to end.</summary>
    private delegate bool Take(ReadOnlySpan<byte> bytes, long position);

    private void Run(Take take)
    {
        byte[] buffer = new byte[ChunkBytes];
        (int filled, long position) = (0, 0);
        foreach (Piece piece in pieces)
        {
            for (long done = 0; done < piece.Length; )
            {
                long left = piece.Length - done;
                int count = (int)Math.Min(buffer.Length - filled, left);
                // A piece is never cut through a number.
                count = count < left ? count & ~7 : count;
                if (count == 0)
                {
                    if (!take(buffer.AsSpan(0, filled), position))
                    {
                        return;
                    }
                    (position, filled) = (position + filled, 0);
                    continue;
                }
                piece.Source.Fill(buffer.AsSpan(filled, count), piece.Start + done);
                filled += count;
                done += count;
            }
        }
        if (filled > 0)
        {
            take(buffer.AsSpan(0, filled), position);
        }
    }
}
