using System.Buffers;
using System.Text;

namespace FanIn.Onnx;

/// <summary>
/// Additions to a model's bytes. Messages of the format merge when they are written one after the other: lists grow, single
/// fields take the last value. So outputs and nodes are added behind the end, and not a byte of the model is touched.
/// </summary>
internal sealed class ModelPatch
{
    private const int GraphField = 7;
    private readonly ArrayBufferWriter<byte> _model = new();

    /// <summary>The bytes that belong behind the model's.</summary>
    public byte[] Bytes => _model.WrittenSpan.ToArray();

    /// <summary>Makes a value of the graph an output: its name is all that ONNX Runtime needs.</summary>
    public void AddOutput(string name) =>
        Message(_model, GraphField, graph => Message(graph, 12, value => Text(value, 1, name)));

    /// <summary>Adds a node behind all others.</summary>
    public void AddNode(string operation, string input, string output) =>
        Message(_model, GraphField, graph => Message(graph, 1, node => Node(node, operation, input, output)));

    /// <summary>Defines an operator that ONNX Runtime doesn't know: its first output is its first input.</summary>
    public void AddPassThrough(NodeData like, long standardVersion)
    {
        Message(
            _model,
            25,
            function =>
            {
                Text(function, 1, like.Operator);
                for (int i = 0; i < like.Inputs.Count; i++)
                {
                    Text(function, 4, $"x{i}");
                }
                for (int i = 0; i < like.Outputs.Count; i++)
                {
                    Text(function, 5, $"y{i}");
                }
                foreach (AttributeData attribute in like.Attributes)
                {
                    Text(function, 6, attribute.Name);
                }
                for (int i = 0; i < like.Outputs.Count; i++)
                {
                    string output = $"y{i}";
                    Message(function, 7, node => Node(node, "Identity", "x0", output));
                }
                Message(function, 9, set => OperatorSet(set, "", standardVersion));
                Text(function, 10, like.Domain);
            }
        );
    }

    public void AddOperatorSet(string domain, long version) =>
        Message(_model, 8, set => OperatorSet(set, domain, version));

    /// <summary>Functions are known from version 8 on.</summary>
    public void SetVersion(long version)
    {
        Varint(_model, 1 << 3);
        Varint(_model, version);
    }

    private static void OperatorSet(IBufferWriter<byte> set, string domain, long version)
    {
        Text(set, 1, domain);
        Varint(set, 2 << 3);
        Varint(set, version);
    }

    private static void Node(IBufferWriter<byte> node, string operation, string input, string output)
    {
        Text(node, 1, input);
        Text(node, 2, output);
        Text(node, 4, operation);
    }

    private static void Message(IBufferWriter<byte> to, int field, Action<IBufferWriter<byte>> write)
    {
        var message = new ArrayBufferWriter<byte>();
        write(message);
        Varint(to, (field << 3) | (int)WireType.Bytes);
        Varint(to, message.WrittenCount);
        to.Write(message.WrittenSpan);
    }

    private static void Text(IBufferWriter<byte> to, int field, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Varint(to, (field << 3) | (int)WireType.Bytes);
        Varint(to, bytes.Length);
        to.Write(bytes);
    }

    private static void Varint(IBufferWriter<byte> to, long value) => Edit.Varint(to, unchecked((ulong)value));
}
