namespace FanIn.Tests;

public sealed class SeedTests
{
    [Fact]
    public void DefaultIsZero() => Assert.Equal(default, (Seed)0);

    [Fact]
    public void NegativeIsTwosComplement()
    {
        Assert.Equal((Seed)ulong.MaxValue, (Seed)(-1));
        Assert.Equal((Seed)ulong.MaxValue, (Seed)(-1L));
        Assert.Equal((Seed)(1UL << 63), (Seed)long.MinValue);
    }

    [Fact]
    public void HighHalfCounts() => Assert.NotEqual((Seed)42, (Seed)(42L + (1L << 32)));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("42", "42")]
    [InlineData("+42", "42")]
    [InlineData("-1", "18446744073709551615")]
    [InlineData("-9223372036854775808", "9223372036854775808")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    public void ParsesAndPrintsUnsigned(string text, string printed)
    {
        Assert.Equal(printed, Seed.Parse(text).ToString());
        Assert.Equal(Seed.Parse(text), Seed.Parse(printed));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1,000")]
    [InlineData("--1")]
    [InlineData("18446744073709551616")]
    [InlineData("-9223372036854775809")]
    public void RejectsOtherText(string text)
    {
        Assert.False(Seed.TryParse(text, out var seed));
        Assert.Equal(default, seed);
        var error = Assert.Throws<FormatException>(() => Seed.Parse(text));
        Assert.Contains($"\"{text}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("18446744073709551615", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NullIsNoSeed()
    {
        Assert.False(Seed.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>(() => Seed.Parse(null!));
    }
}
