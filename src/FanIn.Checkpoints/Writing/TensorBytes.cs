namespace FanIn.Checkpoints;

/// <summary>The bytes of one tensor as they lie in a file: any of them, without the others, on any thread.</summary>
/// <param name="length">All bytes.</param>
internal abstract class TensorBytes(long length)
{
    /// <summary>All bytes.</summary>
    public long Length { get; } = length;

    /// <summary>Memory that it takes while some of it is wanted, beside what it is written into.</summary>
    public virtual long WorkingMemory => 0;

    /// <summary>Fills the destination with the bytes from the start on.</summary>
    public abstract void Fill(Span<byte> destination, long start);

    /// <summary>
    /// Says that so many bytes more will be asked for, so that what is worked out for all of them is kept until then.
    /// </summary>
    public virtual void Expect(long bytes) { }

    /// <summary>Gives back what was kept for bytes that nobody will ask for any more.</summary>
    public virtual void Release() { }
}
