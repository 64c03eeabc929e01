using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FanIn.Checkpoints;

/// <summary>
/// A safetensors file, opened: its header is read and checked as a whole, its values when they are asked for, each time from
/// the file. Values may be read on several threads at once. Nothing is mapped into memory: a file that is cut off while it
/// is open gives an error and no crash.
/// </summary>
/// <example><code>
/// using var file = SafetensorsFile.Open("model.safetensors");
/// float[] bias = file.Read&lt;float&gt;("fc1.bias");
/// file.Read("fc1.weight", row, start: 42 * row.Length); // one row of many
/// </code></example>
public sealed class SafetensorsFile : IDisposable
{
    private const int PieceBytes = 1 << 30;

    private readonly SafeFileHandle _handle;

    private SafetensorsFile(SafeFileHandle handle, string path, SafetensorsHeader header) =>
        (_handle, Path, Header) = (handle, path, header);

    /// <summary>Where the file lies, as it was asked for: of a link the link, which has the file's name in its checkpoint.</summary>
    public string Path { get; }

    /// <summary>Its tensors and their places.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>Opens a file, and reads and checks its header.</summary>
    /// <param name="path">Any regular file, or a link to one.</param>
    /// <exception cref="SafetensorsException">
    /// It isn't there, can't be read, is no safetensors file, breaks off, or contradicts itself.
    /// </exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(path, path);
    }

    /// <param name="path">Where the file lies.</param>
    /// <param name="shown">What it is called in a sentence.</param>
    internal static SafetensorsFile Open(string path, string shown)
    {
        SafeFileHandle handle = RegularFile.Open(path, shown);
        try
        {
            SafetensorsHeader header = HeaderParser.Read(
                RandomAccess.GetLength(handle),
                $"'{shown}'",
                (position, into) =>
                {
                    if (!RegularFile.TryRead(handle, position, into.Span))
                    {
                        throw new SafetensorsException($"'{shown}' was cut off while its header was read.");
                    }
                }
            );
            return new(handle, shown, header);
        }
        catch (Exception e)
        {
            handle.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new SafetensorsException($"'{shown}' can't be read: {e.Message}", e);
            }
            throw;
        }
    }

    /// <summary>Reads a whole tensor, in row-major order.</summary>
    /// <typeparam name="T">
    /// What the tensor holds: <c>float</c> for F32, <see cref="Half"/> for F16, <see cref="BFloat16"/> for BF16, <c>double</c>,
    /// <c>bool</c>, the integers; <c>byte</c> for U8 and for the types of 8 bits that .NET doesn't have.
    /// </typeparam>
    /// <param name="name">The tensor's.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor holds another type, or more elements than an array can.</exception>
    /// <exception cref="SafetensorsException">The file was cut off since it was opened; or a truth value is neither 0 nor 1.</exception>
    public T[] Read<T>(string name)
        where T : unmanaged
    {
        SafetensorsTensor tensor = Header[name];
        ElementBytes.Check<T>(tensor);
        if (tensor.Count > Array.MaxLength)
        {
            throw new ArgumentException(
                $"The tensor {Quoted.Text(name)} has {tensor.Count} elements; an array has {Array.MaxLength} at most. Read it in parts.",
                nameof(name)
            );
        }
        T[] values = GC.AllocateUninitializedArray<T>((int)tensor.Count);
        Read<T>(name, values);
        return values;
    }

    /// <summary>Reads so many elements of a tensor, in row-major order, as there is room for.</summary>
    /// <typeparam name="T">What the tensor holds; see <see cref="Read{T}(string)"/>.</typeparam>
    /// <param name="name">The tensor's.</param>
    /// <param name="into">Receives the elements.</param>
    /// <param name="start">The first element's index.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor holds another type, or has no such elements.</exception>
    /// <exception cref="SafetensorsException">The file was cut off since it was opened; or a truth value is neither 0 nor 1.</exception>
    public void Read<T>(string name, Span<T> into, long start = 0)
        where T : unmanaged
    {
        SafetensorsTensor tensor = Header[name];
        ElementBytes.Check<T>(tensor);
        CheckRange(tensor, start, into.Length, tensor.Count, "elements");
        int piece = ElementBytes.PieceOf<T>(PieceBytes);
        int size = Unsafe.SizeOf<T>();
        while (!into.IsEmpty)
        {
            Span<T> part = into[..Math.Min(into.Length, piece)];
            ReadAt(tensor, start * size, MemoryMarshal.AsBytes(part));
            ElementBytes.Turn(part);
            into = into[part.Length..];
            start += part.Length;
        }
    }

    /// <summary>Reads so many of a tensor's bytes, as they lie in the file, as there is room for.</summary>
    /// <param name="name">The tensor's, of any type.</param>
    /// <param name="into">Receives the bytes.</param>
    /// <param name="start">The first byte's index in the tensor.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor has no such bytes.</exception>
    /// <exception cref="SafetensorsException">The file was cut off since it was opened.</exception>
    public void ReadBytes(string name, Span<byte> into, long start = 0)
    {
        SafetensorsTensor tensor = Header[name];
        CheckRange(tensor, start, into.Length, tensor.ByteCount, "bytes");
        ReadAt(tensor, start, into, isRaw: true);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    private static void CheckRange(SafetensorsTensor tensor, long start, int length, long count, string what)
    {
        if (start < 0 || start > count - length)
        {
            throw new ArgumentException(
                $"The tensor {Quoted.Text(tensor.Name)} has {count} {what}; {length} from {start} on aren't all there.",
                nameof(start)
            );
        }
    }

    private void ReadAt(SafetensorsTensor tensor, long start, Span<byte> into, bool isRaw = false)
    {
        bool isWhole;
        try
        {
            isWhole = RegularFile.TryRead(_handle, Header.DataStart + tensor.Begin + start, into);
        }
        catch (IOException e)
        {
            throw new SafetensorsException($"'{Path}' can't be read: {e.Message}", e);
        }
        if (!isWhole)
        {
            throw new SafetensorsException(
                $"'{Path}' ends inside the tensor {Quoted.Text(tensor.Name)}: it was cut off since it was opened."
            );
        }
        // A bool of .NET that is neither would be true and false at once.
        if (
            !isRaw
            && tensor.Type == SafetensorsType.Bool
            && into.IndexOfAnyExceptInRange((byte)0, (byte)1) is var at and >= 0
        )
        {
            throw new SafetensorsException(
                $"'{Path}' has {into[at]} as element {start + at} of the tensor {Quoted.Text(tensor.Name)}, where 0 or 1 belongs."
            );
        }
    }
}
