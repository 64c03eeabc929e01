namespace FanIn.Checkpoints.Tests;

public sealed class PlannedBytesTests
{
    /// <summary>A rule that fails once isn't taken for one that has filled its tensor.</summary>
    [Fact]
    public void AFaultLeavesNoValues()
    {
        int calls = 0;
        var once = Initializer.Custom(
            "once",
            (values, _, _) =>
            {
                if (calls++ == 0)
                {
                    throw new InvalidOperationException("not yet");
                }
                values.Fill(1);
            }
        );
        PlanRow row = new(
            new("w", TensorDescription.Dense(4, 8), ParameterRole.Weight) { ElementType = ElementType.Float32 },
            "w",
            once
        );
        var bytes = PlannedBytes.Of(row, 1, new("w", SafetensorsType.F32, 4, 8));
        byte[] found = new byte[bytes.Length];
        bytes.Expect(bytes.Length);
        Assert.Throws<InvalidOperationException>(() => bytes.Fill(found, 0));
        bytes.Fill(found, 0);
        Assert.Equal(Enumerable.Repeat((byte[])[0, 0, 0x80, 0x3F], 32).SelectMany(one => one), found);
    }
}
