using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>
/// Memory that begins at a multiple of a disk's block, outside the garbage collector's heap: it is allocated once and used for
/// every chunk, since pages touched for the first time cost more than what is written into them.
/// </summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private void* _start;

    /// <param name="length">Bytes.</param>
    public AlignedBuffer(int length)
    {
        _start = NativeMemory.AlignedAlloc((nuint)length, BlockFile.Alignment);
        Length = length;
    }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>All of it.</summary>
    public Span<byte> Span =>
        _start is null ? throw new ObjectDisposedException(nameof(AlignedBuffer)) : new(_start, Length);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
