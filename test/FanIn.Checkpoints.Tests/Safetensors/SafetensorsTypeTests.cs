namespace FanIn.Checkpoints.Tests;

public sealed class SafetensorsTypeTests
{
    // huggingface/safetensors, safetensors/src/tensor.rs: enum Dtype and bitsize().
    private const string Published = """
        BOOL 8, F4 4, F6_E2M3 6, F6_E3M2 6, U8 8, I8 8, F8_E5M2 8, F8_E4M3 8, F8_E8M0 8, F8_E4M3FNUZ 8, F8_E5M2FNUZ 8, I16 16,
        U16 16, F16 16, BF16 16, I32 32, U32 32, F32 32, C64 64, F64 64, I64 64, U64 64
        """;

    [Fact]
    public void NamesOrderAndBitsAreThePublishedOnes() =>
        Assert.Equal(
            Published.Split(',', StringSplitOptions.TrimEntries),
            Enum.GetValues<SafetensorsType>().Select(type => $"{type.Name()} {type.Bits()}")
        );

    [Fact]
    public void EveryNameIsFoundInItsOwnSpellingOnly()
    {
        foreach (SafetensorsType type in Enum.GetValues<SafetensorsType>())
        {
            Assert.True(SafetensorsTypes.TryParse(type.Name(), out SafetensorsType found));
            Assert.Equal(type, found);
            Assert.False(SafetensorsTypes.TryParse(type.Name().ToLowerInvariant(), out _));
        }
        Assert.False(SafetensorsTypes.TryParse("F128", out _));
        Assert.False(SafetensorsTypes.TryParse(null, out _));
    }

    [Fact]
    public void FanInsTypesGoThereAndBack()
    {
        foreach (ElementType type in Enum.GetValues<ElementType>())
        {
            Assert.Equal(type, type.ToSafetensorsType().ToElementType());
        }
        Assert.Equal(
            [SafetensorsType.F16, SafetensorsType.BF16, SafetensorsType.F32, SafetensorsType.F64],
            Enum.GetValues<SafetensorsType>().Where(type => type.ToElementType() is not null)
        );
    }

    [Fact]
    public void NumbersThatAreNoTypeAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ((SafetensorsType)22).Name());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((SafetensorsType)(-1)).Bits());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ElementType)4).ToSafetensorsType());
    }
}
