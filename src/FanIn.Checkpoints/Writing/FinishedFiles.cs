using System.Buffers;
using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>What a folder has of a checkpoint already.</summary>
internal sealed class FinishedFiles(string folder, CheckpointValues values)
{
    /// <exception cref="CheckpointConflictException">A document is there and says otherwise.</exception>
    public void CheckDocuments(ImmutableArray<CheckpointDocument> documents)
    {
        foreach (CheckpointDocument document in documents)
        {
            string path = Path.Combine(folder, document.FileName);
            if (Directory.Exists(path))
            {
                throw new CheckpointConflictException($"'{path}' is a folder, where a file of the checkpoint belongs");
            }
            if (File.Exists(path) && !document.IsIn(folder))
            {
                throw new CheckpointConflictException(
                    document.Difference is { } difference
                        ? $"'{folder}' holds another checkpoint: {difference(File.ReadAllBytes(path))}; choose another folder, or remove what is there"
                        : $"'{path}' is there and differs from what would be written; choose another folder, or remove it"
                );
            }
        }
    }

    /// <param name="areOurs">
    /// True where the documents, which say whose files these are, are there. They come before the files: so who has seen a
    /// file sees them.
    /// </param>
    /// <exception cref="CheckpointConflictException">A file is there that isn't this checkpoint's.</exception>
    public void CheckShards(Func<bool> areOurs)
    {
        foreach (FileBytes file in values.Files)
        {
            string path = Path.Combine(folder, file.Shard.FileName);
            if (Directory.Exists(path))
            {
                throw new CheckpointConflictException($"'{path}' is a folder, where a file of the checkpoint belongs");
            }
            if (new FileInfo(path) is not { Exists: true } there)
            {
                continue;
            }
            string? why =
                !areOurs() ? "nothing in the folder says that it is of this checkpoint"
                : there.Length != file.Length ? $"it has {there.Length} bytes, this checkpoint's {file.Length}"
                : !HasHeader(path, file.Shard) ? "its header isn't this checkpoint's"
                : null;
            if (why is not null)
            {
                throw new CheckpointConflictException(
                    $"'{path}' is there already, and {why}; choose another folder, or remove it"
                );
            }
        }
    }

    private static bool HasHeader(string path, Shard shard)
    {
        ReadOnlySpan<byte> header = shard.Header.Bytes.Span;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] found = ArrayPool<byte>.Shared.Rent(header.Length);
        int count = 0;
        int read;
        while ((read = RandomAccess.Read(file, found.AsSpan(count, header.Length - count), count)) > 0)
        {
            count += read;
        }
        bool isSame = found.AsSpan(0, count).SequenceEqual(header);
        ArrayPool<byte>.Shared.Return(found);
        return isSame;
    }
}
