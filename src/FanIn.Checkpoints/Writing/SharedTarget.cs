using System.Globalization;
using System.Text;

namespace FanIn.Checkpoints;

/// <summary>
/// A file that several ranks write, each a range of it, without a word between them. It grows in a hidden folder beside its
/// place, called after the plan, so that all who write the same bytes find each other:
/// <list type="bullet">
/// <item><c>data</c>, the file, as long as it will be;</item>
/// <item><c>nonce</c>, which tells this attempt at the file from earlier ones;</item>
/// <item><c>0-4194304</c>, a marker for each range that is on the disk; it holds the nonce.</item>
/// </list>
/// Whoever sees the whole file covered by markers moves the data into its place. The folder is born whole, with data and
/// nonce, by a rename: a marker can't outlive the data that it is about, since one with another nonce counts for nothing. A
/// range may be written twice, also into a file that is in its place already: the bytes are the same.
/// </summary>
internal sealed class SharedTarget : FileTarget
{
    private const string DataName = "data";
    private const string NonceName = "nonce";
    private const int MostAttempts = 100;

    private readonly string _path;
    private readonly string _folder;
    private readonly string _nonce;
    private readonly long _length;
    private readonly long _begin;
    private readonly long _end;
    private readonly Action _confirm;

    private SharedTarget(
        string path,
        string folder,
        string nonce,
        long length,
        FileRange range,
        BlockFile file,
        Action confirm
    )
        : base(file)
    {
        (_path, _folder, _nonce, _length) = (path, folder, nonce, length);
        (_begin, _end, _confirm) = (range.Begin, range.End, confirm);
    }

    /// <summary>The folder in which a file grows.</summary>
    public static string FolderOf(string path, string key) =>
        Path.Combine(Path.GetDirectoryName(path)!, $"{Leftovers.PrefixOf(path)}{key}{Leftovers.PartsExtension}");

    /// <summary>Joins those who write the file, or is the first of them.</summary>
    /// <param name="path">Where the file shall be.</param>
    /// <param name="key">The same for all who write the same bytes.</param>
    /// <param name="length">The file's bytes.</param>
    /// <param name="range">What is written here.</param>
    /// <param name="direct">True to write past the page cache where that can be.</param>
    /// <param name="confirm">Makes sure that the place is this checkpoint's still, right before the file gets its name.</param>
    /// <returns>Null where the file is in its place by now.</returns>
    /// <exception cref="IOException">There is no room, or the folder can't be written to.</exception>
    public static SharedTarget? Open(string path, string key, long length, FileRange range, bool direct, Action confirm)
    {
        string folder = FolderOf(path, key);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (IsThere(path, length))
            {
                return null;
            }
            string data = Path.Combine(folder, DataName);
            // Before the nonce is looked for: a folder that another makes in between is whole, and nobody's leftover.
            bool isThere = Directory.Exists(folder);
            if (NonceOf(folder) is { } nonce && System.IO.File.Exists(data))
            {
                BlockFile? file = null;
                try
                {
                    file = BlockFile.Open(data, direct);
                    if (NonceOf(folder) == nonce)
                    {
                        return new(path, folder, nonce, length, range, file, confirm);
                    }
                }
                catch (IOException e) when (LinuxFile.IsGone(e))
                {
                    // It was moved into its place just now.
                }
                file?.Dispose();
            }
            else if (isThere)
            {
                // Its data is in its place, or somebody removes it.
                Leftovers.Retire(folder);
            }
            else if (!IsThere(path, length))
            {
                Found(path, folder, length);
            }
        }
        throw new IOException($"'{folder}' changes all the time; let one run write into the folder at a time.");
    }

    /// <summary>True where markers say that the range is on the disk.</summary>
    public bool IsCovered => IsCoveredBy(Markers(), _begin, _end);

    public override void Complete()
    {
        File.Flush();
        File.Dispose();
        try
        {
            string marker = string.Create(CultureInfo.InvariantCulture, $"{_begin}-{_end}");
            WriteText(Path.Combine(_folder, marker), _nonce);
            SyncedFolder.Sync(_folder);
            if (NonceOf(_folder) != _nonce && !IsThere(_path, _length))
            {
                throw new IOException($"what was written of '{_path}' was removed meanwhile; run it again.");
            }
            Publish();
        }
        catch (IOException e) when (LinuxFile.IsGone(e) && IsThere(_path, _length))
        {
            // Others had this range too, and were quicker.
        }
    }

    /// <summary>Moves the file into its place if all of it is there.</summary>
    public void Publish()
    {
        if (IsCoveredBy(Markers(), 0, _length) && NonceOf(_folder) == _nonce)
        {
            _confirm();
            System.IO.File.Move(Path.Combine(_folder, DataName), _path, overwrite: true);
            SyncedFolder.Sync(Path.GetDirectoryName(_path)!);
        }
    }

    /// <summary>Makes the folder, with all that belongs into it, unless another does at the same time.</summary>
    private static void Found(string path, string folder, long length)
    {
        string own = Path.Combine(
            Path.GetDirectoryName(path)!,
            $"{Leftovers.PrefixOf(path)}{Guid.NewGuid():N}{Leftovers.TemporaryExtension}"
        );
        Directory.CreateDirectory(own);
        try
        {
            using (
                var data = System.IO.File.OpenHandle(
                    Path.Combine(own, DataName),
                    FileMode.CreateNew,
                    FileAccess.ReadWrite
                )
            )
            {
                LinuxFile.Allocate(data, path, length);
                RandomAccess.FlushToDisk(data);
            }
            WriteText(Path.Combine(own, NonceName), Guid.NewGuid().ToString("N"));
            SyncedFolder.Sync(own);
            if (IsThere(path, length))
            {
                Leftovers.Remove(own);
                return;
            }
            Directory.Move(own, folder);
            SyncedFolder.Sync(Path.GetDirectoryName(path)!);
        }
        catch (IOException e) when (Directory.Exists(folder) || LinuxFile.IsGone(e))
        {
            // Another was first, or the file was finished and all that attempts at it had left was removed.
            Leftovers.Remove(own);
        }
        catch
        {
            Leftovers.Remove(own);
            throw;
        }
    }

    private static string? NonceOf(string folder) => ReadText(Path.Combine(folder, NonceName));

    private List<(long Begin, long End)> Markers()
    {
        var ranges = new List<(long, long)>();
        foreach (string marker in Directory.EnumerateFiles(_folder))
        {
            string[] ends = Path.GetFileName(marker).Split('-');
            if (
                ends.Length == 2
                && long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long begin)
                && long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out long end)
                && ReadText(marker) == _nonce
            )
            {
                ranges.Add((begin, end));
            }
        }
        return ranges;
    }

    private static bool IsCoveredBy(List<(long Begin, long End)> ranges, long begin, long end)
    {
        foreach ((long from, long to) in ranges.OrderBy(range => range.Begin))
        {
            if (from <= begin)
            {
                begin = Math.Max(begin, to);
            }
        }
        return begin >= end;
    }

    private static string? ReadText(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(path, Encoding.ASCII) is { Length: 32 } text ? text : null;
        }
        catch (IOException e) when (LinuxFile.IsGone(e))
        {
            return null;
        }
    }

    private static void WriteText(string path, string text)
    {
        using var file = new FileStream(
            path,
            FileMode.Create,
            FileAccess.Write,
            FileShare.ReadWrite | FileShare.Delete
        );
        file.Write(Encoding.ASCII.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
