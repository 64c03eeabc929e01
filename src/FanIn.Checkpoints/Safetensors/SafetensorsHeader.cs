using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace FanIn.Checkpoints;

/// <summary>
/// The header of a safetensors file: which tensors it has, and which of the file's bytes each of them takes. All positions
/// follow from it, before a single value is there: whoever has the header can read or write any part of the file.
/// </summary>
/// <remarks>
/// A file is the length N of the header's text (8 bytes, little-endian), the text (JSON in UTF-8), then the data, which the
/// tensors cover without gap or overlap. Source: huggingface/safetensors, README and safetensors/src/tensor.rs. Stricter
/// than the reference in four things: no key twice, no name with half of a surrogate pair, at most 64 axes and a million
/// tensors.
/// </remarks>
public sealed class SafetensorsHeader
{
    /// <summary>The most bytes that the text of a header may have, of a file that is read or written: 100 million.</summary>
    public const int MaxTextLength = 100_000_000;

    /// <summary>The most tensors of a file: ten times as many as any model has.</summary>
    public const int MaxTensors = 1_000_000;

    internal const string MetadataKey = "__metadata__";
    internal static ReadOnlySpan<byte> MetadataKeyBytes => "__metadata__"u8;
    internal const int LengthBytes = 8;

    private readonly byte[] _bytes;
    private readonly int? _metadataStart;
    private ImmutableSortedDictionary<string, string>? _metadata;
    private readonly Dictionary<string, SafetensorsTensor> _byName;

    internal SafetensorsHeader(
        byte[] bytes,
        ImmutableArray<SafetensorsTensor> tensors,
        ImmutableSortedDictionary<string, string>? metadata
    )
        : this(bytes, tensors, metadataStart: null) => _metadata = metadata;

    /// <param name="bytes">The whole header, with its length. It is kept.</param>
    /// <param name="tensors">In order of their data.</param>
    /// <param name="metadataStart">Where in the bytes the value of <c>__metadata__</c> begins, which is valid; null where there is none.</param>
    internal SafetensorsHeader(byte[] bytes, ImmutableArray<SafetensorsTensor> tensors, int? metadataStart)
    {
        _bytes = bytes;
        Tensors = tensors;
        _metadataStart = metadataStart;
        _byName = new(tensors.Length, StringComparer.Ordinal);
        foreach (SafetensorsTensor tensor in tensors)
        {
            _byName.Add(tensor.Name, tensor);
        }
    }

    /// <summary>What Hugging Face's libraries write into every file: <c>{"format":"pt"}</c>.</summary>
    public static IReadOnlyDictionary<string, string> PyTorchMetadata { get; } =
        ImmutableSortedDictionary.Create<string, string>(CodePointOrder.Instance).Add("format", "pt");

    /// <summary>All tensors, in order of their data.</summary>
    public ImmutableArray<SafetensorsTensor> Tensors { get; }

    /// <summary>What <c>__metadata__</c> holds; null where there is none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata => Own;

    /// <summary>The file's first bytes as they are: the length, the text, its padding.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Where the data begin, in bytes from the start of the file.</summary>
    public int DataStart => _bytes.Length;

    /// <summary>The bytes of all tensors.</summary>
    public long DataLength => Tensors.IsEmpty ? 0 : Tensors[^1].End;

    /// <summary>The bytes of the whole file.</summary>
    public long FileLength => DataStart + DataLength;

    /// <summary>A tensor by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; says the nearest name.</exception>
    public SafetensorsTensor this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            return TryGet(name, out SafetensorsTensor? tensor) ? tensor : throw Missing.Tensor(name, _byName.Keys);
        }
    }

    /// <summary>Looks for a tensor by its name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor) =>
        _byName.TryGetValue(name, out tensor);

    /// <summary>Where a tensor's first byte lies, counted from the start of the file.</summary>
    /// <exception cref="ArgumentException">It isn't one of <see cref="Tensors"/>.</exception>
    public long PositionOf(SafetensorsTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return TryGet(tensor.Name, out SafetensorsTensor? own) && own == tensor
            ? DataStart + own.Begin
            : throw new ArgumentException($"The header has no tensor {tensor} at byte {tensor.Begin}.", nameof(tensor));
    }

    /// <summary>
    /// Gives tensors their places, as the reference's writer does, to the byte: sorted by type, the last in
    /// <see cref="SafetensorsType"/> first, then by name in order of UTF-8 bytes; the text compact, the metadata first and
    /// sorted, padded with spaces to a multiple of 8 bytes. So every tensor is aligned to its elements.
    /// </summary>
    /// <param name="tensors">In any order; where they lie in another file doesn't matter.</param>
    /// <param name="metadata">
    /// What goes into <c>__metadata__</c>; null for none. Hugging Face's libraries write <see cref="PyTorchMetadata"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name is there twice, or is <c>__metadata__</c>; there are more than <see cref="MaxTensors"/>; the text would have more than <see cref="MaxTextLength"/> bytes, or
    /// the file more than 2^63; a text of the metadata has half of a surrogate pair.
    /// </exception>
    public static SafetensorsHeader Create(
        IEnumerable<SafetensorsTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsTensor[] sorted = [.. tensors];
        if (sorted.Length > MaxTensors)
        {
            throw new ArgumentException(
                $"There are {sorted.Length} tensors; {MaxTensors} are the most that a safetensors file may have.",
                nameof(tensors)
            );
        }
        CheckNames(sorted);
        Array.Sort(
            sorted,
            (a, b) => a.Type != b.Type ? b.Type.CompareTo(a.Type) : CodePointOrder.Instance.Compare(a.Name, b.Name)
        );
        long end = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = sorted[i].At(end);
            if (sorted[i].ByteCount > long.MaxValue - LengthBytes - MaxTextLength - end)
            {
                throw new ArgumentException("The tensors make a file of more than 2^63 bytes.", nameof(tensors));
            }
            end = sorted[i].End;
        }
        ImmutableSortedDictionary<string, string>? own = metadata?.ToImmutableSortedDictionary(CodePointOrder.Instance);
        CheckMetadata(own);
        long length = (HeaderText.Measure(sorted, own) + 7) / 8 * 8;
        if (length > MaxTextLength)
        {
            throw new ArgumentException(
                $"The header would have {length} bytes; {MaxTextLength} are the most that a safetensors file may have.",
                nameof(tensors)
            );
        }
        byte[] bytes = new byte[LengthBytes + length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        bytes.AsSpan(LengthBytes).Fill((byte)' ');
        HeaderText.Write(sorted, own, bytes.AsSpan(LengthBytes));
        return new(bytes, ImmutableArray.Create(sorted), own);
    }

    /// <summary>Reads the header of a file that is in memory as a whole.</summary>
    /// <exception cref="SafetensorsException">It is no safetensors file, breaks off, or contradicts itself.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> file) => Parse(file, file.Length);

    /// <summary>Reads a header from the beginning of a file, such as comes first over a network.</summary>
    /// <param name="beginning">The file's first bytes: at least the whole header (see <see cref="LengthOf"/>).</param>
    /// <param name="fileLength">The bytes of the whole file.</param>
    /// <exception cref="ArgumentException">The header goes on behind <paramref name="beginning"/>.</exception>
    /// <exception cref="SafetensorsException">It is no safetensors file, breaks off, or contradicts itself.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> beginning, long fileLength)
    {
        int length = HeaderParser.Length(beginning, fileLength, HeaderParser.Unnamed);
        return length <= beginning.Length
            ? HeaderParser.Parse(beginning[..length].ToArray(), fileLength, HeaderParser.Unnamed)
            : throw new ArgumentException(
                $"The header has {length} bytes, of which {beginning.Length} are there.",
                nameof(beginning)
            );
    }

    /// <summary>Reads the header of a file that begins where a stream stands, and leaves the stream where the data begin.</summary>
    /// <param name="stream">One that knows its length; the file ends where it does.</param>
    /// <exception cref="ArgumentException">The stream can't seek: read the bytes and give them to <see cref="Parse(ReadOnlySpan{byte}, long)"/>.</exception>
    /// <exception cref="SafetensorsException">It is no safetensors file, breaks off, or contradicts itself.</exception>
    public static SafetensorsHeader Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            throw new ArgumentException(
                "The stream doesn't know its length, which the header is checked against.",
                nameof(stream)
            );
        }
        long start = stream.Position;
        return HeaderParser.Read(
            Math.Max(0, stream.Length - start),
            HeaderParser.Unnamed,
            (position, into) =>
            {
                stream.Position = start + position;
                stream.ReadExactly(into.Span);
            }
        );
    }

    /// <summary>The bytes of a header, the 8 of its length among them, from a file's first 8 bytes or more.</summary>
    /// <param name="beginning">The file's first bytes.</param>
    /// <param name="fileLength">The bytes of the whole file.</param>
    /// <exception cref="SafetensorsException">No safetensors file begins so.</exception>
    public static int LengthOf(ReadOnlySpan<byte> beginning, long fileLength) =>
        HeaderParser.Length(beginning, fileLength, HeaderParser.Unnamed);

    /// <summary>The same header with spaces behind its text, as long as a multiple of the alignment.</summary>
    internal SafetensorsHeader Padded(int alignment)
    {
        long length = ((long)_bytes.Length + alignment - 1) / alignment * alignment;
        if (length - LengthBytes > MaxTextLength)
        {
            throw new ArgumentException(
                $"The header would have {length - LengthBytes} bytes; {MaxTextLength} are the most that a safetensors file may have.",
                nameof(alignment)
            );
        }
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill((byte)' ');
        _bytes.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length - LengthBytes);
        return new(bytes, Tensors, Own);
    }

    /// <summary>Read when they are first asked for: two threads at once make the same.</summary>
    private ImmutableSortedDictionary<string, string>? Own =>
        _metadata ??= _metadataStart is { } start ? HeaderParser.MetadataOf(_bytes, start) : null;

    private static void CheckNames(SafetensorsTensor[] tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SafetensorsTensor? tensor in tensors)
        {
            ArgumentNullException.ThrowIfNull(tensor, nameof(tensors));
            if (tensor.Name == MetadataKey)
            {
                throw new ArgumentException(
                    $"A tensor can't be called '{MetadataKey}', which is where a safetensors file keeps its metadata.",
                    nameof(tensors)
                );
            }
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException(
                    $"Two tensors are called {Quoted.Text(tensor.Name)}; each needs a name of its own.",
                    nameof(tensors)
                );
            }
        }
    }

    private static void CheckMetadata(ImmutableSortedDictionary<string, string>? metadata)
    {
        foreach ((string key, string value) in metadata ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            ArgumentNullException.ThrowIfNull(value, nameof(metadata));
            if (!Quoted.IsWellFormed(key) || !Quoted.IsWellFormed(value))
            {
                throw new ArgumentException(
                    $"The metadata {Quoted.Text(key)} have half of a surrogate pair, which UTF-8 can't hold.",
                    nameof(metadata)
                );
            }
        }
    }
}
