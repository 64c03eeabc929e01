using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>
/// The names of one JSON object, to see that none is there twice: their places in the text and no copies, so that a text of
/// names alone takes less memory than it is long. A few take none.
/// </summary>
internal struct JsonNames
{
    private const int MostFew = 8;
    private const int SmallestTable = 32;

    [InlineArray(MostFew)]
    private struct Few
    {
        private int _first;
    }

    private Few _few;
    private int _count;

    /// <summary>Open addressing; where 0, free, else a place.</summary>
    private int[]? _table;

    /// <summary>Adds a name; false where it is there already.</summary>
    /// <param name="text">The whole text, in which all its names are valid.</param>
    /// <param name="start">Where the name's quote is in it; not 0, where the object begins.</param>
    /// <param name="isPlain">Whether it is spelled without escapes.</param>
    /// <param name="name">The name as it is meant.</param>
    public bool TryAdd(ReadOnlySpan<byte> text, int start, bool isPlain, ReadOnlySpan<byte> name)
    {
        int place = isPlain ? start : -start;
        if (_table is null && _count < MostFew)
        {
            for (int i = 0; i < _count; i++)
            {
                if (IsSame(text, _few[i], name))
                {
                    return false;
                }
            }
            _few[_count++] = place;
            return true;
        }
        if (_table is null || (_count + 1) * 4L > _table.Length * 3L)
        {
            Grow(text);
        }
        if (!TryPut(text, place, name))
        {
            return false;
        }
        _count++;
        return true;
    }

    private readonly bool TryPut(ReadOnlySpan<byte> text, int place, ReadOnlySpan<byte> name)
    {
        int mask = _table!.Length - 1;
        int slot = HashOf(name) & mask;
        for (; _table[slot] != 0; slot = (slot + 1) & mask)
        {
            if (IsSame(text, _table[slot], name))
            {
                return false;
            }
        }
        _table[slot] = place;
        return true;
    }

    private void Grow(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<int> places = _table is null ? ((ReadOnlySpan<int>)_few)[.._count] : _table;
        _table = new int[Math.Max(SmallestTable, (_table?.Length ?? 0) * 2)];
        byte[] scratch = [];
        foreach (int place in places)
        {
            if (place == 0)
            {
                continue;
            }
            ReadOnlySpan<byte> rest = text[(Math.Abs(place) + 1)..];
            ReadOnlySpan<byte> name =
                place > 0 ? rest[..rest.IndexOf((byte)'"')] : Unescaped(text, -place, ref scratch);
            // All differ.
            Put(HashOf(name), place);
        }
    }

    private readonly void Put(int hash, int place)
    {
        int mask = _table!.Length - 1;
        int slot = hash & mask;
        while (_table[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }
        _table[slot] = place;
    }

    private static bool IsSame(ReadOnlySpan<byte> text, int place, ReadOnlySpan<byte> name)
    {
        if (place < 0)
        {
            return ReaderAt(text, -place).ValueTextEquals(name);
        }
        // Nothing that a name spelled without escapes could hold.
        if (name.ContainsAny((byte)'"', (byte)'\\'))
        {
            return false;
        }
        ReadOnlySpan<byte> rest = text[(place + 1)..];
        return rest.Length > name.Length && rest[name.Length] == (byte)'"' && rest.StartsWith(name);
    }

    private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> text, int start, ref byte[] scratch)
    {
        Utf8JsonReader reader = ReaderAt(text, start);
        if (scratch.Length < reader.ValueSpan.Length)
        {
            scratch = new byte[Math.Max(reader.ValueSpan.Length, scratch.Length * 2)];
        }
        return scratch.AsSpan(0, reader.CopyString(scratch));
    }

    private static Utf8JsonReader ReaderAt(ReadOnlySpan<byte> text, int start)
    {
        var reader = new Utf8JsonReader(text[start..]);
        reader.Read();
        return reader;
    }

    /// <summary>By the runtime's own hash of texts, which has another key in each process: nobody makes collisions for it.</summary>
    private static int HashOf(ReadOnlySpan<byte> name)
    {
        int hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(name), StringComparison.Ordinal);
        return name.Length % 2 == 0 ? hash : hash ^ (name[^1] * 0x01000193);
    }
}
