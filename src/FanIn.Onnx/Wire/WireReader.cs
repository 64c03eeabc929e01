using System.Buffers.Binary;
using System.Text;

namespace FanIn.Onnx;

/// <summary>Where in the file something lies.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>How a field's value is written.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Reads the fields of one message of the protocol-buffer format where they lie, without copying: field numbers and values
/// as the format's specification has them. Each value is checked against the end of its message before it is read.
/// </summary>
internal ref struct WireReader
{
    private static readonly UTF8Encoding s_utf8 = new(false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> _file;
    private readonly int _end;
    private int _position;

    /// <param name="file">The whole file.</param>
    /// <param name="message">The message's part of it.</param>
    public WireReader(ReadOnlySpan<byte> file, ByteRange message)
    {
        _file = file;
        _position = message.Start;
        _end = message.End;
        Field = 0;
        Type = WireType.Varint;
    }

    /// <summary>The current field's number.</summary>
    public int Field { get; private set; }

    /// <summary>How the current field is written.</summary>
    public WireType Type { get; private set; }

    /// <summary>Where the next byte is read: behind <see cref="Next"/> that of the field's value or length.</summary>
    public readonly int Position => _position;

    /// <summary>Goes to the next field, whose value has to be read or skipped; false at the message's end.</summary>
    public bool Next()
    {
        if (_position == _end)
        {
            return false;
        }
        int start = _position;
        ulong tag = Varint();
        Type = (WireType)(tag & 7);
        if (
            tag >> 3 is 0 or > (1 << 29) - 1
            || Type is not (WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32)
        )
        {
            throw new WireException($"at byte {start} no field begins");
        }
        Field = (int)(tag >> 3);
        return true;
    }

    public void Skip()
    {
        switch (Type)
        {
            case WireType.Varint:
                Varint();
                break;
            case WireType.Bytes:
                Bytes();
                break;
            default:
                Take(Type == WireType.Fixed32 ? 4 : 8);
                break;
        }
    }

    /// <summary>An integer, negative ones as two's complement.</summary>
    public long Integer()
    {
        Expect(WireType.Varint);
        return unchecked((long)Varint());
    }

    public float Single()
    {
        Expect(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(_file[Take(4)..]);
    }

    public string Text()
    {
        ByteRange range = Bytes();
        try
        {
            return s_utf8.GetString(_file.Slice(range.Start, range.Length));
        }
        catch (DecoderFallbackException)
        {
            throw new WireException($"the text at byte {range.Start} is not UTF-8");
        }
    }

    /// <summary>Bytes, a message, a text or packed numbers.</summary>
    public ByteRange Bytes()
    {
        Expect(WireType.Bytes);
        int start = _position;
        ulong length = Varint();
        return length <= (ulong)(_end - _position)
            ? new(Take((int)length), (int)length)
            : throw new WireException($"at byte {start} begin {length} bytes, where {_end - _position} are left");
    }

    /// <summary>Integers, packed or not.</summary>
    public void Integers(List<long> into)
    {
        if (Type == WireType.Varint)
        {
            into.Add(Integer());
            return;
        }
        var packed = new WireReader(_file, Bytes());
        while (packed._position < packed._end)
        {
            into.Add(unchecked((long)packed.Varint()));
        }
    }

    /// <summary>Where numbers of one size lie, packed or not.</summary>
    /// <param name="bytes">Of a number: 4 or 8; 0 for integers of varying size.</param>
    /// <param name="into">The ranges so far; one that follows on without a gap makes the last one longer.</param>
    public void Numbers(int bytes, List<ByteRange> into)
    {
        ByteRange range;
        if (Type == WireType.Bytes)
        {
            range = Bytes();
            if (bytes > 0 && range.Length % bytes != 0)
            {
                throw new WireException(
                    $"the {range.Length} bytes at byte {range.Start} are no numbers of {bytes} bytes"
                );
            }
        }
        else if (bytes == 0)
        {
            int start = _position;
            Integer();
            range = new(start, _position - start);
        }
        else
        {
            Expect(bytes == 4 ? WireType.Fixed32 : WireType.Fixed64);
            range = new(Take(bytes), bytes);
        }
        into.Add(range);
    }

    /// <summary>How many integers of varying size a range holds.</summary>
    public static long CountVarints(ReadOnlySpan<byte> file, ByteRange range)
    {
        long count = 0;
        var reader = new WireReader(file, range);
        while (reader._position < reader._end)
        {
            reader.Varint();
            count++;
        }
        return count;
    }

    /// <summary>Reads integers of varying size.</summary>
    public static void ReadVarints(ReadOnlySpan<byte> file, ByteRange range, Action<long> take)
    {
        var reader = new WireReader(file, range);
        while (reader._position < reader._end)
        {
            take(unchecked((long)reader.Varint()));
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        int start = _position;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position >= _end)
            {
                throw new WireException($"the number at byte {start} breaks off");
            }
            byte next = _file[_position++];
            value |= shift == 63 ? (ulong)(next & 1) << 63 : (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw new WireException($"the number at byte {start} has more than ten bytes");
    }

    private int Take(int bytes)
    {
        if (bytes > _end - _position)
        {
            throw new WireException($"at byte {_position} begin {bytes} bytes, where {_end - _position} are left");
        }
        int start = _position;
        _position += bytes;
        return start;
    }

    private readonly void Expect(WireType type)
    {
        if (Type != type)
        {
            throw new WireException($"field {Field} before byte {_position} is of another kind than the format's");
        }
    }
}

/// <summary>Bytes that aren't of the format; the message is half a sentence, the file's name is added where it is known.</summary>
internal sealed class WireException : Exception
{
    public WireException(string message)
        : base(message) { }
}
