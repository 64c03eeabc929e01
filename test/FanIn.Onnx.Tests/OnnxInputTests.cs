namespace FanIn.Onnx.Tests;

public sealed class OnnxInputTests
{
    [Fact]
    public void AnInputReadsAsItsTypeNameAndShape()
    {
        Assert.Equal("float x [?, 3, 224]", new OnnxInput("x", [-1, 3, 224], "float").ToString());
        Assert.Equal("int64 ids of any shape", new OnnxInput("ids", null, "int64").ToString());
    }

    [Fact]
    public void InputsAreEqualByTheirSizes()
    {
        Assert.Equal(new OnnxInput("x", [1, 2], "float"), new OnnxInput("x", [1, 2], "float"));
        Assert.NotEqual(new OnnxInput("x", [1, 2], "float"), new OnnxInput("x", [1, 3], "float"));
        Assert.NotEqual(new OnnxInput("x", [1, 2], "float"), new OnnxInput("x", null, "float"));
    }

    [Fact]
    public void ABatchHoldsWhatItsShapeSays()
    {
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new OnnxBatch(new float[5], 2, 3));
        Assert.StartsWith("[2, 3] doesn't hold 5 values.", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new OnnxBatch(new float[6], -2, -3));
        Assert.Equal(6, new OnnxBatch(new float[6], 2, 3).Values.Length);
    }
}
