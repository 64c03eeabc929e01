using System.Runtime.InteropServices;
using System.Text;

namespace FanIn.Cli.Tests.Check;

/// <summary>ONNX models, written by hand from the format's field numbers (onnx.proto).</summary>
internal static class TinyOnnx
{
    /// <summary>Dense layers with ReLU between, weights from an initializer; the batch's size is open.</summary>
    public static byte[] Mlp(int layers, int width, string init)
    {
        var graph = new List<byte>();
        string from = "input";
        for (int i = 0; i < layers; i++)
        {
            string weight = $"fc{i}.weight";
            float[] values = new float[width * width];
            Initializer.Parse(init).Fill(values, TensorDescription.Dense(width, width), seed: 1, key: weight);
            graph.AddRange(
                Field(
                    5,
                    [
                        .. Number(1, width),
                        .. Number(1, width),
                        .. Number(2, 1),
                        .. Text(8, weight),
                        .. Field(9, MemoryMarshal.AsBytes<float>(values).ToArray()),
                    ]
                )
            );
            bool isLast = i == layers - 1;
            graph.AddRange(
                Field(
                    1,
                    [
                        .. Text(1, from),
                        .. Text(1, weight),
                        .. Text(2, isLast ? "output" : $"h{i}"),
                        .. Text(3, $"fc{i}"),
                        .. Text(4, "Gemm"),
                        .. Field(5, [.. Text(1, "transB"), .. Number(3, 1), .. Number(20, 2)]),
                    ]
                )
            );
            if (!isLast)
            {
                graph.AddRange(
                    Field(1, [.. Text(1, $"h{i}"), .. Text(2, $"a{i}"), .. Text(3, $"relu{i}"), .. Text(4, "Relu")])
                );
            }
            from = $"a{i}";
        }
        graph.AddRange(Text(2, "tiny"));
        graph.AddRange(Field(11, Value("input", width)));
        graph.AddRange(Field(12, Value("output", width)));
        return [.. Number(1, 8), .. Field(7, [.. graph]), .. Field(8, Number(2, 13))];
    }

    private static byte[] Value(string name, int width) =>
        [
            .. Text(1, name),
            .. Field(
                2,
                Field(1, [.. Number(1, 1), .. Field(2, [.. Field(1, Text(2, "N")), .. Field(1, Number(1, width))])])
            ),
        ];

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) =>
        [.. Varint((ulong)((field << 3) | 2)), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int field, long value) => [.. Varint((ulong)(field << 3)), .. Varint((ulong)value)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
