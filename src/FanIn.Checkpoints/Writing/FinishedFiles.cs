using System.Buffers;
using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>What a folder has of a checkpoint already.</summary>
/// <param name="folder">The folder.</param>
/// <param name="values">What belongs there.</param>
/// <param name="owner">
/// The documents that say whose files these are. They come before the files: so who has seen a file sees them.
/// </param>
internal sealed class FinishedFiles(string folder, CheckpointValues values, ImmutableArray<CheckpointDocument> owner)
{
    private static readonly string[] s_endings = [".safetensors", ".safetensors.index.json"];

    /// <summary>Before anything is written.</summary>
    /// <param name="after">The documents that come last.</param>
    /// <exception cref="CheckpointConflictException">A document or a file is there that isn't this checkpoint's.</exception>
    public void Check(ImmutableArray<CheckpointDocument> after)
    {
        foreach (CheckpointDocument document in owner.Concat(after))
        {
            document.Check(folder);
        }
        bool isOurs = false;
        foreach (FileBytes file in values.Files)
        {
            Check(file, IsOurs);
        }
        // Others' weights beside ours would be taken for ours by whoever opens the folder.
        if (Weights() is { } other && !owner.IsEmpty && !IsOurs())
        {
            throw new CheckpointConflictException(
                $"'{folder}' holds another checkpoint's '{Path.GetFileName(other)}'; choose another folder, or empty it"
            );
        }

        bool IsOurs() => isOurs = isOurs || owner.All(document => document.IsIn(folder));
    }

    private string? Weights() =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder)
                .Where(path => s_endings.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
                .Min(StringComparer.Ordinal)
            : null;

    /// <summary>Puts the documents into the folder that say whose it is. Of several checkpoints one gets it.</summary>
    /// <exception cref="CheckpointConflictException">Another has it.</exception>
    public void Claim()
    {
        foreach (CheckpointDocument document in owner)
        {
            document.Put(folder);
        }
    }

    /// <summary>Right before a file is put in its place: the folder may have been emptied and another's since the claim.</summary>
    /// <exception cref="CheckpointConflictException">Another has the folder, or the file's name.</exception>
    public void Confirm(FileBytes file)
    {
        Claim();
        Check(file, () => true);
    }

    private void Check(FileBytes file, Func<bool> isOurs)
    {
        string path = Path.Combine(folder, file.Shard.FileName);
        if (Directory.Exists(path))
        {
            throw new CheckpointConflictException($"'{path}' is a folder, where a file of the checkpoint belongs");
        }
        if (RegularFile.LengthOf(path) is not { } length)
        {
            if (new FileInfo(path).LinkTarget is not null)
            {
                throw new CheckpointConflictException(
                    $"'{path}' is a link to nothing, where a file of the checkpoint belongs; choose another folder, or remove it"
                );
            }
            return;
        }
        string? why =
            !isOurs() ? "nothing in the folder says that it is of this checkpoint"
            : length != file.Length ? $"it has {length} bytes, this checkpoint's {file.Length}"
            : !HasHeader(path, file.Shard) ? "its header isn't this checkpoint's"
            : null;
        if (why is not null)
        {
            throw new CheckpointConflictException(
                $"'{path}' is there already, and {why}; choose another folder, or remove it"
            );
        }
    }

    private static bool HasHeader(string path, Shard shard)
    {
        ReadOnlySpan<byte> header = shard.Header.Bytes.Span;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] found = ArrayPool<byte>.Shared.Rent(header.Length);
        bool isSame =
            RegularFile.TryRead(file, 0, found.AsSpan(0, header.Length))
            && found.AsSpan(0, header.Length).SequenceEqual(header);
        ArrayPool<byte>.Shared.Return(found);
        return isSame;
    }
}
