using System.Buffers;

namespace FanIn.Onnx;

/// <summary>
/// The model's file with some of its bytes exchanged. All others stay as they are and are never written anew; where a part
/// gets longer or shorter, the lengths that stand before the messages around it change with it.
/// </summary>
internal sealed class Splice
{
    private readonly byte[] _file;
    private readonly List<Edit> _edits;

    private Splice(byte[] file, List<Edit> edits) => (_file, _edits) = (file, edits);

    /// <param name="file">The model's file.</param>
    /// <param name="edits">Parts that don't overlap: contents of fields, or integers that stand alone.</param>
    /// <returns>The new file, piece by piece.</returns>
    public static List<Piece> Apply(byte[] file, IEnumerable<Edit> edits)
    {
        Edit[] sorted = [.. edits.OrderBy(edit => edit.Range.Start)];
        var splice = new Splice(file, [.. sorted]);
        splice.Lengths(new(0, file.Length), Array.FindAll(sorted, edit => edit.Growth != 0));
        return splice.Pieces();
    }

    private List<Piece> Pieces()
    {
        var source = new BytesInMemory(_file);
        var pieces = new List<Piece>();
        int position = 0;
        foreach (Edit edit in _edits.OrderBy(edit => edit.Range.Start))
        {
            if (edit.Range.Start > position)
            {
                pieces.Add(new(source, position, edit.Range.Start - position));
            }
            pieces.Add(edit.Piece);
            position = edit.Range.End;
        }
        if (position < _file.Length)
        {
            pieces.Add(new(source, position, _file.Length - position));
        }
        return pieces;
    }

    /// <summary>Adds the new lengths of the fields on the way to parts that change theirs.</summary>
    /// <param name="message">A message that holds the parts.</param>
    /// <param name="resized">The parts, in their order.</param>
    /// <returns>Bytes that the message gets longer by.</returns>
    private long Lengths(ByteRange message, ReadOnlySpan<Edit> resized)
    {
        long growth = 0;
        var reader = new WireReader(_file, message);
        while (!resized.IsEmpty && reader.Next())
        {
            int start = reader.Position;
            if (reader.Type != WireType.Bytes)
            {
                reader.Skip();
                if (resized[0].Range.Start == start)
                {
                    growth += resized[0].Growth;
                    resized = resized[1..];
                }
                continue;
            }
            ByteRange content = reader.Bytes();
            int count = 0;
            while (count < resized.Length && resized[count].Range.Start < content.End)
            {
                count++;
            }
            if (count == 0)
            {
                continue;
            }
            // What holds a part without being it is a message.
            long inner = resized[0].Range == content ? resized[0].Growth : Lengths(content, resized[..count]);
            resized = resized[count..];
            if (inner == 0)
            {
                continue;
            }
            var length = new ArrayBufferWriter<byte>(10);
            Edit.Varint(length, (ulong)(content.Length + inner));
            byte[] bytes = length.WrittenSpan.ToArray();
            var edit = new Edit(new(start, content.Start - start), new(new BytesInMemory(bytes), 0, bytes.Length));
            _edits.Add(edit);
            growth += inner + edit.Growth;
        }
        return growth;
    }
}
