using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>
/// Writes a safetensors file from front to back, tensor after tensor in the header's order, each in as many pieces as one
/// likes: never more in memory than a piece. All positions are known from the header before, so that other parts of a file
/// can be written elsewhere.
/// </summary>
/// <example><code>
/// var header = SafetensorsHeader.Create([new("fc1.weight", SafetensorsType.F32, 256, 784)]);
/// using var writer = SafetensorsWriter.Create("model.safetensors", header);
/// writer.Write&lt;float&gt;("fc1.weight", values);
/// writer.Complete();
/// </code></example>
public sealed class SafetensorsWriter : IDisposable
{
    private const int PieceBytes = 1 << 30;

    private readonly Stream _stream;
    private readonly AtomicFile? _file;
    private int _next;
    private long _written;
    private bool _isComplete;

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <param name="stream">Is written to from where it stands.</param>
    /// <param name="header">The file's tensors; it is written at once.</param>
    public SafetensorsWriter(Stream stream, SafetensorsHeader header)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(header);
        (_stream, Header) = (stream, header);
        stream.Write(header.Bytes.Span);
        PassEmpty();
    }

    private SafetensorsWriter(AtomicFile file, SafetensorsHeader header)
        : this(file.Stream, header) => _file = file;

    /// <summary>The file's tensors and their places.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>The tensor whose bytes come next; null when all are there. Those without elements are passed over.</summary>
    public SafetensorsTensor? Current => _next < Header.Tensors.Length ? Header.Tensors[_next] : null;

    /// <summary>
    /// Writes to a file, which is in its place whole after <see cref="Complete"/>, or not at all (see
    /// <see cref="AtomicFile"/>).
    /// </summary>
    /// <param name="path">Where the file shall be; one that is there is replaced.</param>
    /// <param name="header">The file's tensors.</param>
    /// <exception cref="IOException">It can't be there, or there is no room.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    public static SafetensorsWriter Create(string path, SafetensorsHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        AtomicFile file = AtomicFile.Create(path);
        try
        {
            return new(file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes elements, the tensor's next ones in row-major order.</summary>
    /// <typeparam name="T">What the tensor holds; see <see cref="SafetensorsFile.Read{T}(string)"/>.</typeparam>
    /// <param name="name">The <see cref="Current"/> tensor's, so that no tensor gets another's values.</param>
    /// <param name="values">All that are missing, or some of them.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor holds another type, or isn't the next one, or has fewer elements left.</exception>
    /// <exception cref="IOException">There is no room, or the disk failed.</exception>
    public void Write<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        SafetensorsTensor tensor = Header[name];
        ElementBytes.Check<T>(tensor);
        CheckNext(tensor, (long)values.Length * Unsafe.SizeOf<T>());
        int piece = ElementBytes.PieceOf<T>(BitConverter.IsLittleEndian ? PieceBytes : 1 << 12);
        Span<T> turned = BitConverter.IsLittleEndian ? [] : new T[Math.Min(piece, values.Length)];
        while (!values.IsEmpty)
        {
            ReadOnlySpan<T> part = values[..Math.Min(values.Length, piece)];
            values = values[part.Length..];
            if (!BitConverter.IsLittleEndian)
            {
                Span<T> copy = turned[..part.Length];
                part.CopyTo(copy);
                ElementBytes.Turn(copy);
                part = copy;
            }
            Append(MemoryMarshal.AsBytes(part));
        }
    }

    /// <summary>Writes bytes, the tensor's next ones as they shall lie in the file.</summary>
    /// <param name="name">The <see cref="Current"/> tensor's, of any type.</param>
    /// <param name="bytes">All that are missing, or some of them.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor isn't the next one, or has fewer bytes left.</exception>
    /// <exception cref="IOException">There is no room, or the disk failed.</exception>
    public void WriteBytes(string name, ReadOnlySpan<byte> bytes)
    {
        CheckNext(Header[name], bytes.Length);
        Append(bytes);
    }

    /// <summary>Ends the file, once all tensors are written, and puts it in its place.</summary>
    /// <exception cref="InvalidOperationException">Something is missing.</exception>
    /// <exception cref="IOException">There is no room, or the disk failed; nothing was changed.</exception>
    public void Complete()
    {
        if (Current is { } tensor)
        {
            throw new InvalidOperationException(
                $"The tensor {Quoted.Text(tensor.Name)} has {_written} of its {tensor.ByteCount} bytes; all tensors must be written before the file is complete."
            );
        }
        if (_isComplete)
        {
            throw new InvalidOperationException("The file is complete already.");
        }
        _isComplete = true;
        if (_file is not null)
        {
            _file.Commit();
        }
        else
        {
            _stream.Flush();
        }
    }

    /// <summary>Gives the file up, unless it is complete.</summary>
    public void Dispose() => _file?.Dispose();

    private void CheckNext(SafetensorsTensor tensor, long bytes)
    {
        if (bytes == 0)
        {
            return;
        }
        if (tensor != Current)
        {
            throw new ArgumentException(
                $"The tensor {Quoted.Text(tensor.Name)} isn't the next one: {(Current is { } next ? $"that is {Quoted.Text(next.Name)}" : "all are written")}. The header's order is that of the file.",
                nameof(tensor)
            );
        }
        if (bytes > tensor.ByteCount - _written)
        {
            throw new ArgumentException(
                $"The tensor {Quoted.Text(tensor.Name)} has {tensor.ByteCount - _written} bytes left, but {bytes} are given.",
                nameof(bytes)
            );
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _written += bytes.Length;
        if (Current is { } tensor && _written == tensor.ByteCount)
        {
            _next++;
            _written = 0;
            PassEmpty();
        }
    }

    private void PassEmpty()
    {
        while (Current is { ByteCount: 0 })
        {
            _next++;
        }
    }
}
