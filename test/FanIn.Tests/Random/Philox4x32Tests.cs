namespace FanIn.Tests;

/// <summary>Known answers of the Random123 library (kat_vectors).</summary>
public sealed class Philox4x32Tests
{
    [Fact]
    public void Zeros() =>
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox4x32.Block(0, 0, 0, 0, 0, 0));

    [Fact]
    public void Ones()
    {
        const uint F = 0xffffffff;
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), Philox4x32.Block(F, F, F, F, F, F));
    }

    [Fact]
    public void DigitsOfPi() =>
        Assert.Equal(
            (0xd16cfe09u, 0x94fdcceb, 0x5001e420u, 0x24126ea1u),
            Philox4x32.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)
        );

    [Fact]
    public void CounterIsBlockThenStreamAndKeyIsSeed()
    {
        Span<uint> words = stackalloc uint[4];
        Philox4x32.Fill(words, 0x299f31d0_a4093822, 0x03707344_13198a2e, 0x85a308d3_243f6a88);
        Assert.Equal([0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u], words.ToArray());
    }

    [Fact]
    public void LongWordsTakeTheEvenWordAsHighHalf()
    {
        Span<ulong> words = stackalloc ulong[2];
        Philox4x32.Fill(words, 0, 0, 0);
        Assert.Equal([0x6627e8d5_e169c58dul, 0xbc57ac4c_9b00dbd8ul], words.ToArray());
    }
}
