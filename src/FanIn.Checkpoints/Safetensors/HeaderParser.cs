using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>
/// Reads headers strictly. Nothing is allocated that isn't there: the length is held against the limit and the file before
/// its bytes are read, and what is made of them grows with them: at most five times as many are allocated in all, those of
/// the text among them. Metadata are only checked, and read when they are asked for.
/// </summary>
internal ref struct HeaderParser
{
    /// <summary>What a file without a name is called in a sentence.</summary>
    public const string Unnamed = "This";

    private readonly List<SafetensorsTensor> _tensors = [];
    private readonly List<long> _shape = [];
    private int? _metadataStart;
    private StrictJson _json;

    private HeaderParser(ReadOnlySpan<byte> text, string subject) =>
        _json = new(text, "its header", SafetensorsHeader.LengthBytes, (why, inner) => Fault(subject, why, inner));

    /// <summary>The bytes of the header with those of its length, from a file's first 8 bytes or more.</summary>
    public static int Length(ReadOnlySpan<byte> beginning, long fileLength, string subject)
    {
        if (beginning.Length < SafetensorsHeader.LengthBytes)
        {
            throw Fault(
                subject,
                Looks(beginning) ?? $"it has {beginning.Length} bytes, where 8 say how long the header is"
            );
        }
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(beginning);
        if (length > SafetensorsHeader.MaxTextLength)
        {
            throw Fault(
                subject,
                Looks(beginning)
                    ?? $"its first 8 bytes say that the header has {length} bytes, where {SafetensorsHeader.MaxTextLength} are the most"
            );
        }
        if ((long)length > fileLength - SafetensorsHeader.LengthBytes)
        {
            throw Fault(
                subject,
                Looks(beginning)
                    ?? $"its first 8 bytes say that the header has {length} bytes, but {fileLength - SafetensorsHeader.LengthBytes} follow: it is cut off or something else"
            );
        }
        return SafetensorsHeader.LengthBytes + (int)length;
    }

    /// <summary>Reads the header of a file that gives its bytes by position.</summary>
    public static SafetensorsHeader Read(long fileLength, string subject, Action<long, Memory<byte>> read)
    {
        byte[] start = new byte[Math.Min(fileLength, SafetensorsHeader.LengthBytes)];
        read(0, start);
        byte[] bytes = new byte[Length(start, fileLength, subject)];
        start.CopyTo(bytes, 0);
        read(start.Length, bytes.AsMemory(start.Length));
        return Parse(bytes, fileLength, subject);
    }

    /// <param name="bytes">The whole header, with its length. It is kept.</param>
    /// <param name="fileLength">The bytes of the whole file.</param>
    /// <param name="subject">What the sentence about a fault begins with.</param>
    public static SafetensorsHeader Parse(byte[] bytes, long fileLength, string subject)
    {
        ReadOnlySpan<byte> text = bytes.AsSpan(SafetensorsHeader.LengthBytes);
        CheckPadding(text, subject);
        var parser = new HeaderParser(text, subject);
        parser.ReadHeader();
        return new(bytes, parser.Placed(fileLength - bytes.Length), parser._metadataStart);
    }

    /// <summary>What a file that isn't safetensors looks like; null where it looks like nothing known.</summary>
    public static string? Looks(ReadOnlySpan<byte> file) =>
        file.StartsWith("PK\u0003\u0004"u8)
            ? "it is a zip archive, as PyTorch's .pt and .bin files are, whose pickles can run code: save the weights as safetensors"
        : file is [0x80, >= 2 and <= 5, ..] ? "it is a pickle, which can run code: save the weights as safetensors"
        : file is [0x89, (byte)'H', (byte)'D', (byte)'F', ..] ? "it is an HDF5 file, as Keras's checkpoints are"
        : file.StartsWith("GGUF"u8) ? "it is a GGUF file"
        : file.StartsWith("version "u8)
            ? "it is a text that stands for a file of Git LFS: fetch the file itself (git lfs pull)"
        : file is [(byte)'{' or (byte)'<', ..]
        && file.Length >= SafetensorsHeader.LengthBytes
        && !file[..SafetensorsHeader.LengthBytes].ContainsAnyExceptInRange((byte)'\t', (byte)'~')
            ? "it is a text"
        : null;

    private static void CheckPadding(ReadOnlySpan<byte> text, string subject)
    {
        ReadOnlySpan<byte> trimmed = text.TrimEnd("\0"u8);
        if (trimmed.Length < text.Length)
        {
            throw Fault(
                subject,
                $"its header ends in {text.Length - trimmed.Length} bytes 0 from byte {trimmed.Length + SafetensorsHeader.LengthBytes} on, where only spaces may fill it up"
            );
        }
    }

    private void ReadHeader()
    {
        _json.Begin();
        JsonNames names = default;
        while (_json.NextName(ref names))
        {
            if (_json.IsName(SafetensorsHeader.MetadataKeyBytes))
            {
                ReadMetadata();
            }
            else
            {
                ReadTensor(_json.Name());
            }
        }
        _json.End();
    }

    private void ReadMetadata()
    {
        if (_json.Type != JsonTokenType.StartObject)
        {
            throw _json.Fault($"'{SafetensorsHeader.MetadataKey}' is {_json.Kind}, where an object of texts belongs");
        }
        _metadataStart = SafetensorsHeader.LengthBytes + _json.Start;
        JsonNames names = default;
        while (_json.NextName(ref names))
        {
            if (_json.Type != JsonTokenType.String)
            {
                throw _json.Fault(
                    $"the metadata {Quoted.Text(_json.Name())} are {_json.Kind}, where only texts may be"
                );
            }
            _json.CheckText();
        }
    }

    /// <summary>The metadata of a header that was read without fault, from where they begin.</summary>
    public static ImmutableSortedDictionary<string, string> MetadataOf(ReadOnlySpan<byte> header, int start)
    {
        ImmutableSortedDictionary<string, string>.Builder metadata = ImmutableSortedDictionary.CreateBuilder<
            string,
            string
        >(CodePointOrder.Instance);
        var reader = new Utf8JsonReader(header[start..]);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string key = reader.GetString()!;
            reader.Read();
            metadata.Add(key, reader.GetString()!);
        }
        return metadata.ToImmutable();
    }

    private void ReadTensor(string name)
    {
        if (_json.Type != JsonTokenType.StartObject)
        {
            throw _json.Fault(
                $"the tensor {Quoted.Text(name)} is {_json.Kind}, where an object with dtype, shape and data_offsets belongs"
            );
        }
        SafetensorsType? type = null;
        bool hasShape = false;
        (long Begin, long End)? offsets = null;
        JsonNames properties = default;
        while (_json.NextName(ref properties))
        {
            if (_json.IsName("dtype"u8))
            {
                type = ReadType(name);
            }
            else if (_json.IsName("shape"u8))
            {
                ReadShape(name);
                hasShape = true;
            }
            else if (_json.IsName("data_offsets"u8))
            {
                offsets = ReadOffsets(name);
            }
            else
            {
                // The reference passes over what it doesn't know.
                _json.Skip();
            }
        }
        if (type is null || !hasShape || offsets is null)
        {
            string missing =
                type is null ? "dtype"
                : hasShape ? "data_offsets"
                : "shape";
            throw _json.Fault($"the tensor {Quoted.Text(name)} lacks its {missing}");
        }
        ReadOnlySpan<long> shape = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_shape);
        if (TensorSize.Fault(type.Value, shape, out _, out long bytes) is { } fault)
        {
            throw _json.Fault($"the tensor {Quoted.Text(name)} {fault}");
        }
        (long begin, long end) = offsets.Value;
        if (end < begin)
        {
            throw _json.Fault(
                $"the tensor {Quoted.Text(name)} ends at byte {end} of the data, before it begins at {begin}"
            );
        }
        if (end - begin != bytes)
        {
            throw _json.Fault(
                $"the tensor {Quoted.Text(name)} is {type.Value.Name()} of shape {TensorSize.Shown(shape)}, which takes {bytes} bytes, but its data_offsets [{begin}, {end}] are {end - begin}"
            );
        }
        if (_tensors.Count == SafetensorsHeader.MaxTensors)
        {
            throw _json.Fault($"it has more than {SafetensorsHeader.MaxTensors} tensors, which are the most");
        }
        _tensors.Add(new SafetensorsTensor(name, type.Value, begin, shape));
    }

    private SafetensorsType ReadType(string name)
    {
        if (_json.Type != JsonTokenType.String)
        {
            throw _json.Fault($"the tensor {Quoted.Text(name)} has {_json.Kind} as its dtype, where a text belongs");
        }
        return _json.IsPlain && SafetensorsTypes.TryParseUtf8(_json.Bytes, out SafetensorsType type)
            ? type
            : throw _json.Fault(
                $"the tensor {Quoted.Text(name)} has an {Spelling.Unknown("dtype", Quoted.Text(_json.Text())[1..^1], SafetensorsTypes.Names)}"
            );
    }

    private void ReadShape(string name)
    {
        _shape.Clear();
        if (_json.Type != JsonTokenType.StartArray)
        {
            throw _json.Fault(
                $"the tensor {Quoted.Text(name)} has {_json.Kind} as its shape, where a list of sizes belongs"
            );
        }
        while (_json.Next() != JsonTokenType.EndArray)
        {
            if (_shape.Count == TensorSize.MaxRank)
            {
                throw _json.Fault(
                    $"the tensor {Quoted.Text(name)} has more than {TensorSize.MaxRank} axes, which is the most"
                );
            }
            _shape.Add(Whole(name, "shape"));
        }
    }

    private (long Begin, long End) ReadOffsets(string name)
    {
        if (_json.Type != JsonTokenType.StartArray)
        {
            throw _json.Fault(
                $"the tensor {Quoted.Text(name)} has {_json.Kind} as its data_offsets, where [begin, end] belongs"
            );
        }
        Span<long> offsets = stackalloc long[2];
        int count = 0;
        while (_json.Next() != JsonTokenType.EndArray)
        {
            if (count == 2)
            {
                throw _json.Fault(
                    $"the tensor {Quoted.Text(name)} has more than two data_offsets, where [begin, end] belongs"
                );
            }
            offsets[count++] = Whole(name, "data_offsets");
        }
        return count == 2
            ? (offsets[0], offsets[1])
            : throw _json.Fault($"the tensor {Quoted.Text(name)} has {count} data_offsets, where [begin, end] belongs");
    }

    private readonly long Whole(string name, string where)
    {
        if (_json.Type != JsonTokenType.Number || _json.Bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            throw _json.Fault(
                $"the tensor {Quoted.Text(name)} has {_json.Kind} in its {where}, where whole numbers of 0 or more belong"
            );
        }
        return Utf8Parser.TryParse(_json.Bytes, out long value, out _)
            ? value
            : throw _json.Fault(
                $"the tensor {Quoted.Text(name)} has {_json.Kind} in its {where}, where less than 2^63 is allowed"
            );
    }

    /// <summary>The tensors in order of their data, which they must cover without gap or overlap.</summary>
    private readonly ImmutableArray<SafetensorsTensor> Placed(long dataLength)
    {
        // Where several are empty at one place, their names say which comes first.
        _tensors.Sort(
            static (a, b) =>
                a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin)
                : a.ByteCount != b.ByteCount ? a.ByteCount.CompareTo(b.ByteCount)
                : CodePointOrder.Instance.Compare(a.Name, b.Name)
        );
        SafetensorsTensor? last = null;
        long end = 0;
        foreach (SafetensorsTensor tensor in _tensors)
        {
            if (tensor.Begin != end)
            {
                string name = Quoted.Text(tensor.Name);
                throw _json.Fault(
                    tensor.Begin > end
                        ? $"bytes {end} .. {tensor.Begin - 1} of its data, before the tensor {name}, belong to no tensor"
                        : $"the tensor {name} begins at byte {tensor.Begin} of the data, inside the tensor {Quoted.Text(last!.Name)}, which ends at {end}"
                );
            }
            last = tensor;
            end = tensor.End;
        }
        if (end != dataLength)
        {
            throw _json.Fault(
                end > dataLength
                    ? $"its tensors take {end} bytes of data, but {dataLength} are there: it is cut off"
                    : $"{dataLength - end} bytes behind its tensors' {end} belong to no tensor"
            );
        }
        return [.. _tensors];
    }

    private static SafetensorsException Fault(string subject, string why, Exception? inner = null) =>
        new($"{subject} is no valid safetensors file: {why}{(why[^1] == '?' ? "" : ".")}", inner);
}
