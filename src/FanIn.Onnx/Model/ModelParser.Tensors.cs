namespace FanIn.Onnx;

/// <content>Tensors, and the types of values.</content>
internal ref partial struct ModelParser
{
    private TensorData Tensor(ByteRange range, TensorData tensor)
    {
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    reader.Integers(tensor.Shape);
                    break;
                case 2:
                    tensor.DataType = reader.Integer();
                    break;
                case 4:
                    reader.Numbers(4, tensor.Typed(TypedField.Single));
                    break;
                case 5:
                    reader.Numbers(0, tensor.Typed(TypedField.Int32));
                    break;
                case 6:
                    reader.Bytes();
                    tensor.Texts++;
                    break;
                case 7:
                    reader.Numbers(0, tensor.Typed(TypedField.Int64));
                    break;
                case 8:
                    tensor.Name = reader.Text();
                    break;
                case 9:
                    tensor.Raw = reader.Bytes();
                    break;
                case 10:
                    reader.Numbers(8, tensor.Typed(TypedField.Double));
                    break;
                case 11:
                    reader.Numbers(0, tensor.Typed(TypedField.UInt64));
                    break;
                case 13:
                    (string key, string value) = Entry(reader.Bytes());
                    (tensor.External ??= new(StringComparer.Ordinal))[key] = value;
                    break;
                case 14:
                    tensor.IsExternal = reader.Integer() == 1;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return tensor;
    }

    private (string Key, string Value) Entry(ByteRange range)
    {
        (string key, string value) = ("", "");
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    key = reader.Text();
                    break;
                case 2:
                    value = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return (key, value);
    }

    private SparseData Sparse(ByteRange range, SparseData sparse)
    {
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    Tensor(reader.Bytes(), sparse.Values);
                    break;
                case 2:
                    Tensor(reader.Bytes(), sparse.Indices);
                    break;
                case 3:
                    reader.Integers(sparse.Shape);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return sparse;
    }

    private ValueData Value(ByteRange range)
    {
        var value = new ValueData();
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    value.Name = reader.Text();
                    break;
                case 2:
                    TypeOf(reader.Bytes(), value);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return value;
    }

    private void TypeOf(ByteRange range, ValueData value)
    {
        WireReader reader = Open(range);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                value.IsTensor = true;
                TensorType(reader.Bytes(), value);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void TensorType(ByteRange range, ValueData value)
    {
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    value.ElementType = unchecked((int)reader.Integer());
                    break;
                case 2:
                    Shape(reader.Bytes(), value.Shape ??= []);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void Shape(ByteRange range, List<(long? Size, string Symbol)> shape)
    {
        WireReader reader = Open(range);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                shape.Add(Dimension(reader.Bytes()));
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private (long? Size, string Symbol) Dimension(ByteRange range)
    {
        (long? size, string symbol) = (null, "");
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    size = reader.Integer();
                    break;
                case 2:
                    symbol = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return (size, symbol);
    }
}
