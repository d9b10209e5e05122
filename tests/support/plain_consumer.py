"""Every record of a topic's partition as any client of Kafka sees it: key, value and headers. Nothing of Florin is used, only the C
library librdkafka."""
import collections
import ctypes

Record = collections.namedtuple("Record", "offset key value headers")  # bytes or None; headers is a list of (name, value)

ANSWER_MS_MAX = 30_000
ERROR_TEXT_BYTES = 512
CONSUMER, BEGINNING, PARTITION_EOF = 1, -2, -191  # of rdkafka.h

# How a variable of Florin's is called in librdkafka.
NAMES = {"FLORIN_KAFKA_BROKERS": "bootstrap.servers", "FLORIN_KAFKA_CA": "ssl.ca.location", "FLORIN_KAFKA_CERT": "ssl.certificate.location",
         "FLORIN_KAFKA_KEY": "ssl.key.location", "FLORIN_KAFKA_USER": "sasl.username", "FLORIN_KAFKA_PASSWORD": "sasl.password"}


class Message(ctypes.Structure):
    """rd_kafka_message_t"""
    _fields_ = [("error", ctypes.c_int), ("topic", ctypes.c_void_p), ("partition", ctypes.c_int32), ("value", ctypes.c_void_p),
                ("value_bytes", ctypes.c_size_t), ("key", ctypes.c_void_p), ("key_bytes", ctypes.c_size_t), ("offset", ctypes.c_int64),
                ("opaque", ctypes.c_void_p)]


def library():
    kafka = ctypes.CDLL("librdkafka.so.1")
    for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_topic_new"):
        getattr(kafka, name).restype = ctypes.c_void_p
    kafka.rd_kafka_consume.restype = ctypes.POINTER(Message)
    kafka.rd_kafka_err2str.restype = ctypes.c_char_p
    return kafka


def connect(kafka, variables):
    settings = {NAMES[name]: str(value) for name, value in variables.items() if name in NAMES} | {"enable.partition.eof": "true"}
    if "FLORIN_KAFKA_CA" in variables:
        settings |= {"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"} if "FLORIN_KAFKA_USER" in variables else {"security.protocol": "SSL"}
    text = ctypes.create_string_buffer(ERROR_TEXT_BYTES)
    conf = ctypes.c_void_p(kafka.rd_kafka_conf_new())
    for name, value in settings.items():
        assert kafka.rd_kafka_conf_set(conf, name.encode(), value.encode(), text, ERROR_TEXT_BYTES) == 0, text.value
    client = kafka.rd_kafka_new(CONSUMER, conf, text, ERROR_TEXT_BYTES)
    assert client, text.value
    return ctypes.c_void_p(client)


def headers_of(kafka, message):
    found, headers = ctypes.c_void_p(), []
    if kafka.rd_kafka_message_headers(message, ctypes.byref(found)) != 0:
        return headers
    name, value, size = ctypes.c_char_p(), ctypes.c_void_p(), ctypes.c_size_t()
    while kafka.rd_kafka_header_get_all(found, ctypes.c_size_t(len(headers)), ctypes.byref(name), ctypes.byref(value), ctypes.byref(size)) == 0:
        headers.append((name.value, ctypes.string_at(value.value, size.value) if value.value else None))
    return headers


def record_of(kafka, message):
    row = message.contents
    return Record(row.offset, ctypes.string_at(row.key, row.key_bytes) if row.key else None,
                  ctypes.string_at(row.value, row.value_bytes) if row.value else None, headers_of(kafka, message))


def read_partition(kafka, client, name, partition):
    """From the first record to the end that the partition has meanwhile."""
    topic, number, records = ctypes.c_void_p(kafka.rd_kafka_topic_new(client, name.encode(), None)), ctypes.c_int32(partition), []
    assert kafka.rd_kafka_consume_start(topic, number, ctypes.c_int64(BEGINNING)) == 0
    try:
        while True:
            message = kafka.rd_kafka_consume(topic, number, ANSWER_MS_MAX)
            assert message, f"no answer about {name}/{partition} within {ANSWER_MS_MAX} ms"
            try:
                error = message.contents.error
                if error == PARTITION_EOF:
                    return records
                assert error == 0, kafka.rd_kafka_err2str(error)
                records.append(record_of(kafka, message))
            finally:
                kafka.rd_kafka_message_destroy(message)
    finally:
        kafka.rd_kafka_consume_stop(topic, number)
        kafka.rd_kafka_topic_destroy(topic)


def read_topic(variables, name, partitions=1):
    """Every record of every partition. `variables` are Florin's own: FLORIN_KAFKA_BROKERS and the others."""
    kafka = library()
    client = connect(kafka, variables)
    try:
        return [record for partition in range(partitions) for record in read_partition(kafka, client, name, partition)]
    finally:
        kafka.rd_kafka_destroy(client)
